import {
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { clientOptions } from '../../client-options.ts';
import type { Effect } from '../../effects.ts';
import { describe } from '../../errors.ts';
import type { CommitAnswer, EffectStore, Refusal, StaleEffect } from '../record-store.ts';
import { isVersioned } from '../versions.ts';
import { writeOf } from './effects.ts';
import { keysOver } from './keys.ts';
import { mayPass, passes } from './passing-errors.ts';
import { type RecordWrite, readRecord } from './record.ts';
import { dynamoDbRecordStore } from './record-store.ts';
import * as steps from './steps.ts';

/** Cancellation codes of effects that will never be taken as they are; a code that nobody knows is not one. */
const lasting = new Set(['ConditionalCheckFailed', 'ValidationError', 'ItemCollectionSizeLimitExceeded']);

export interface DynamoDbEffectStoreOptions {
  /** Name of the record table. */
  readonly table: string;
  /** Default: a client of its own, with a bound on each request. */
  readonly client?: DynamoDBClient;
}

/** Records in a DynamoDB table; commits them together with effects by TransactWriteItems. */
export function dynamoDbEffectStore({ table, client }: DynamoDbEffectStoreOptions): EffectStore {
  const dynamoDb = client ?? new DynamoDBClient(clientOptions);
  return {
    ...dynamoDbRecordStore(dynamoDb, table),
    keysOf: keysOver(dynamoDb),
    async commit(commits, effects) {
      let writes: ReturnType<typeof writeOf>[];
      try {
        writes = effects.map(writeOf);
      } catch (cause) {
        return {
          kind: 'refused',
          reason: `An effect has a value that DynamoDB does not take: ${describe(cause)}`,
          cause,
        };
      }
      try {
        const records = commits.map((one) => inTable(table, steps.commit(one)));
        await dynamoDb.send(new TransactWriteItemsCommand({ TransactItems: [...records, ...writes] }));
        return { kind: 'committed' };
      } catch (error) {
        return answerOf(error, commits.length, effects);
      }
    },
  };
}

function inTable(TableName: string, { Put, Update }: RecordWrite) {
  return Put ? { Put: { TableName, ...Put } } : { Update: { TableName, ...Update } };
}

/**
 * What an error says of the commit. The records' own reasons come first: where a condition of theirs failed, nothing else
 * matters. A passing reason comes before a lasting one, which may be its consequence.
 *
 * @param records How many there were.
 * @param effects What the transaction had after the records. DynamoDB tells the reasons in the same order, `None`
 *   included; of a list with another length nobody knows which item a reason is of, and an effect's must not pass for
 *   a record's.
 */
function answerOf(error: unknown, records: number, effects: readonly Effect[]): CommitAnswer {
  if (error instanceof TransactionCanceledException) {
    const given = error.CancellationReasons ?? [];
    const reasons =
      given.length === records + effects.length ? given : given.filter(({ Code }) => passes(Code));
    const found = reasons.slice(0, records).map(refusalOf);
    if (found.some((refusal) => refusal !== undefined)) return { kind: 'exists', found };
    if (reasons.some(({ Code }) => passes(Code))) return { kind: 'contended', cause: error };
    const stale = reasons.flatMap((reason, item) => staleOf(reason, effects[item - records], item - records));
    const item = reasons.findIndex(
      ({ Code = '' }, item) => lasting.has(Code) && !stale.some(({ index }) => index === item - records),
    );
    if (item === -1 && stale.length > 0) return { kind: 'stale', effects: stale };
    if (item >= records) {
      const { Code, Message = '' } = reasons[item] as CancellationReason;
      return {
        kind: 'refused',
        reason: `Effect ${item - records + 1} was refused: ${Code} ${Message}`.trim(),
        cause: error,
      };
    }
  }
  if (mayPass(error)) return { kind: 'contended', cause: error };
  if (error instanceof Error && error.name === 'ValidationException') {
    return { kind: 'refused', reason: describe(error), cause: error };
  }
  throw error;
}

function refusalOf({ Code, Item }: CancellationReason): Refusal | undefined {
  return Code === 'ConditionalCheckFailed' ? { record: readRecord(Item) } : undefined;
}

/** None or one: the only condition that a versioned write has is the one on its version. */
function staleOf(
  { Code, Item }: CancellationReason,
  effect: Effect | undefined,
  index: number,
): StaleEffect[] {
  if (Code !== 'ConditionalCheckFailed' || !isVersioned(effect)) return [];
  return [{ index, held: Item?.[effect.version]?.N ?? '' }];
}
