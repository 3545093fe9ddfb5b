import {
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { ConfigurationError } from '../../../contract/errors.ts';
import { clientOptions } from '../../aws/sdk-client-options.ts';
import { effectName, requireWrite } from '../../handler/check-effects.ts';
import type { EffectWrite } from '../../handler/effects/index.ts';
import { clashOf, keysIn } from '../../handler/effects/item-id.ts';
import { encode, isNothing, isVersioned } from '../../handler/effects/of-kind.ts';
import { describe } from '../../handler/errors.ts';
import type { CommitAnswer, EffectStore, Refusal, Refused, StaleEffect } from '../../ports/record-store.ts';
import { isTransient, passes } from './passing-errors.ts';
import { type RecordWrite, readRecord } from './record.ts';
import { dynamoDbRecordStore } from './record-store.ts';
import * as steps from './steps.ts';

/** Cancellation codes of effects that DynamoDB will always refuse, with the cause. An unknown code is not included. */
const lasting: ReadonlyMap<string | undefined, Refused['by']> = new Map([
  ['ConditionalCheckFailed', 'condition'],
  ['ValidationError', 'request'],
  ['ItemCollectionSizeLimitExceeded', 'request'],
]);

/** Names of errors of a request that DynamoDB always refuses. */
const invalid = new Set(['ValidationException', 'SerializationException']);

/** Names of errors that affect every event until the configuration is changed. */
const misconfigured = new Set(['AccessDeniedException', 'ResourceNotFoundException']);

export interface DynamoDbEffectStoreOptions {
  /** Name of the record table. */
  readonly table: string;
  /** Default: a new client with a time limit on each request. */
  readonly client?: DynamoDBClient;
}

/** Stores records in a DynamoDB table, and commits them with effects in a TransactWriteItems. */
export function dynamoDbEffectStore({ table, client }: DynamoDbEffectStoreOptions): EffectStore {
  const dynamoDb = client ?? new DynamoDBClient(clientOptions);
  return {
    ...dynamoDbRecordStore(dynamoDb, table),
    async commit(commits, effects) {
      const writes = writesOf(effects);
      if ('kind' in writes) return writes;
      try {
        const records = commits.map((one) => inTable(table, steps.commit(one)));
        const TransactItems = [...records, ...writes.map(({ write }) => write)];
        await dynamoDb.send(new TransactWriteItemsCommand({ TransactItems }));
        return { kind: 'committed' };
      } catch (error) {
        return answerOf(error, commits.length, writes) ?? refusalOf(error, writes);
      }
    },
  };
}

/** An effect that writes something. */
interface Placed {
  /** Position in the list that the store got, from 0. */
  readonly place: number;
  readonly effect: EffectWrite;
  readonly write: TransactWriteItem;
}

/** @throws ConfigurationError for an effect without a table name. */
function writesOf(effects: readonly EffectWrite[]): readonly Placed[] | Refused {
  const writes: Placed[] = [];
  for (const [place, effect] of effects.entries()) {
    try {
      requireWrite(effect);
      if (!isNothing(effect)) writes.push({ place, effect, write: encode(effect).write });
    } catch (cause) {
      if (cause instanceof ConfigurationError) throw cause;
      const reason = `DynamoDB takes no such value: ${describe(cause)}`;
      return { kind: 'refused', by: 'request', effects: [place], reason, cause };
    }
  }
  return writes;
}

function inTable(TableName: string, { Put, Update }: RecordWrite) {
  return Put ? { Put: { TableName, ...Put } } : { Update: { TableName, ...Update } };
}

/**
 * Translates an error into the answer of the commit; `undefined` for an error that is neither a cancellation nor
 * temporary. The records' cancellation reasons come first: if a record's condition failed, the other reasons do not
 * matter. A temporary reason comes before a permanent one, which may be its consequence.
 *
 * @param records Number of records.
 * @param writes The writes after the records. DynamoDB lists the reasons in the same order, including `None`. If the
 *   list has another length, the item of a reason is unknown, and an effect's reason must not count as a record's.
 */
function answerOf(error: unknown, records: number, writes: readonly Placed[]): CommitAnswer | undefined {
  if (error instanceof TransactionCanceledException) {
    const given = error.CancellationReasons ?? [];
    const reasons =
      given.length === records + writes.length ? given : given.filter(({ Code }) => passes(Code));
    const found = reasons.slice(0, records).map(refusalIn);
    if (found.some((refusal) => refusal !== undefined)) return { kind: 'exists', found };
    if (reasons.some(({ Code }) => passes(Code))) return { kind: 'contended', cause: error };
    const stale = reasons.flatMap((reason, item) => staleOf(reason, writes[item - records]));
    const item = reasons.findIndex(
      ({ Code }, item) =>
        lasting.has(Code) && !stale.some(({ index }) => index === writes[item - records]?.place),
    );
    if (item === -1 && stale.length > 0) return { kind: 'stale', effects: stale };
    const refused = writes[item - records];
    if (refused !== undefined) {
      const { Code, Message = '' } = reasons[item] as CancellationReason;
      const reason = `${Code} ${Message}`.trim();
      const by = lasting.get(Code) ?? 'request';
      return { kind: 'refused', by, effects: [refused.place], reason, cause: error };
    }
  }
  return isTransient(error) ? { kind: 'contended', cause: error } : undefined;
}

/**
 * Translates an error of the whole request into a refusal.
 * @throws ConfigurationError for a missing table or permission; the error itself, if it is not a refusal.
 */
function refusalOf(error: unknown, writes: readonly Placed[]): Refused {
  if (!(error instanceof Error)) throw error;
  if (misconfigured.has(error.name)) {
    const named = writes.map(({ place, effect }) => `${place + 1} (${effectName(effect)})`).join(', ');
    throw new ConfigurationError(
      `DynamoDB answers ${error.name}: ${describe(error)}. The request writes the record table and the effects ${named}: ` +
        'do these tables exist under these names, and does "tables" of IdempotentConsumer name these effects?',
      { cause: error },
    );
  }
  if (!invalid.has(error.name)) throw error;
  const refused = {
    kind: 'refused',
    by: 'request',
    effects: [],
    reason: describe(error),
    cause: error,
  } as const;
  if (!/multiple operations on one item/.test(error.message)) return refused;
  const effects = writes.map(({ effect }) => effect);
  const clash = clashOf(effects, keysIn(effects));
  if (clash === undefined) return refused;
  const places = clash.places.map((index) => writes[index]?.place ?? index);
  return { ...refused, effects: places, reason: `They write ${clash.item}` };
}

function refusalIn({ Code, Item }: CancellationReason): Refusal | undefined {
  return Code === 'ConditionalCheckFailed' ? { record: readRecord(Item) } : undefined;
}

/** None or one, because a versioned write has only the condition on its version. */
function staleOf({ Code, Item }: CancellationReason, write: Placed | undefined): StaleEffect[] {
  if (write === undefined || Code !== 'ConditionalCheckFailed' || !isVersioned(write.effect)) return [];
  return [{ index: write.place, held: Item?.[write.effect.version]?.N ?? '' }];
}
