import { AsyncLocalStorage } from 'node:async_hooks';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { recordAttributes as attribute } from '../../../contract/tables.ts';
import { dynamoDbEffectStore } from '../../../runtime/index.ts';
import type { Delivery, StoredRecord } from '../../../runtime/stores/record-store.ts';
import { failure, type WireAnswer } from '../../support/dynamodb/answer.ts';
import { connect, type Sending } from '../../support/dynamodb/connect.ts';
import { type MemoryDynamoDb, memoryDynamoDb } from '../../support/dynamodb/memory-dynamodb.ts';
import type { KeyAttributes } from '../../support/dynamodb/table.ts';
import type { Item as WireItem } from '../../support/dynamodb/values.ts';
import type { About, Spoiled, VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { along, harmless, type RecordWatch, type RunStore, type Way } from './store.ts';

export const recordTable = 'records';

/** On whose behalf a request is sent. */
interface Caller {
  readonly process: VirtualProcess;
  readonly label: string;
  readonly about?: About;
  /** Has the effect of the request, and looks at what it does. */
  watch(arrive: Sending['arrive']): WireAnswer;
}

export interface DynamoDbRunStore extends RunStore {
  /** Its requests must be sent in a `calling`. */
  readonly client: DynamoDBClient;
  /** The requests that `run` sends are its process's. */
  calling<Result>(caller: Omit<Caller, 'watch'>, run: () => Promise<Result>): Promise<Result>;
}

/**
 * The runtime's own adapter and a client of the SDK's, over DynamoDB in memory. What goes wrong goes wrong between the
 * two: a request of HTTP is lost, late or refused, and the SDK and the adapter make of it what they do.
 *
 * @param tables Of the effects.
 */
export function dynamoDbRunStore(
  world: World,
  tables: Readonly<Record<string, KeyAttributes>>,
): DynamoDbRunStore {
  const dynamoDb = memoryDynamoDb({ ...tables, [recordTable]: [attribute.id] }, { now: () => world.now });
  const items = dynamoDb.items(recordTable);
  const callers = new AsyncLocalStorage<Caller>();
  const client = connect(dynamoDb, (sending) => {
    const caller = callers.getStore();
    if (caller === undefined) throw new Error(`Nobody sends ${sending.operation}`);
    const { process, label, about, watch } = caller;
    const effect = () => watch(() => loudly(world, sending));
    return process.call(`${label}: ${sending.operation}`, effect, spoiledOf(sending), about);
  });

  function wayOf(process: VirtualProcess, wrote: RecordWatch): Way {
    const about = (step: string, key: string) => ({ key, harmless: harmless[step] });
    return {
      call: (step, key, detail, effect) =>
        callers.run(
          { process, label: `${step} ${key}${detail}`, about: about(step, key), watch: (arrive) => arrive() },
          effect,
        ),
      write: (step, mine, effect, carriedAttempt) => {
        const watch = watchOf(dynamoDb, mine, (before, after) =>
          wrote(step, mine, before, after, carriedAttempt),
        );
        const label = `${step} ${mine.id} by ${mine.attempt}`;
        return callers.run({ process, label, about: about(step, mine.id), watch }, effect);
      },
    };
  }

  return {
    client,
    calling: (caller, run) => callers.run({ ...caller, watch: (arrive) => arrive() }, run),
    records: {
      get: (id) => recordOf(items.get(id)),
      delete: (id) => items.delete(id),
      *[Symbol.iterator]() {
        for (const [id, item] of items) yield [id, recordOf(item) as StoredRecord];
      },
    },
    tables: {
      item(table, key) {
        const item = dynamoDb.items(table).get(Object.values(key).join());
        return item && plain(item);
      },
    },
    // A store of its own, as each process of a deployment has: it may remember what it was told.
    over: (process, wrote) =>
      along(wayOf(process, wrote), dynamoDbEffectStore({ table: recordTable, client })),
  };
}

/** The runtime takes an error for one of DynamoDB's, and goes on. */
function loudly(world: World, { arrive }: Sending): WireAnswer {
  try {
    return arrive();
  } catch (error) {
    world.violated((error as Error).message);
    throw error;
  }
}

function watchOf(
  dynamoDb: MemoryDynamoDb,
  { id }: Delivery,
  changed: (before: StoredRecord | undefined, after: StoredRecord | undefined) => void,
): Caller['watch'] {
  return (arrive) => {
    const records = dynamoDb.items(recordTable);
    const before = records.get(id);
    const answer = arrive();
    const after = records.get(id);
    if (before !== after) changed(recordOf(before), recordOf(after));
    return answer;
  };
}

/** What a client gets of a request that does not go well, as HTTP has it. */
function spoiledOf({ operation, body }: Sending): Spoiled<WireAnswer> {
  const lost = (): never => {
    throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
  };
  const refused = () => failure('AccessDeniedException', 'not authorized');
  if (operation === 'TransactWriteItems') {
    const { length } = (JSON.parse(body) as { readonly TransactItems: readonly unknown[] }).TransactItems;
    const cancelled = (Code: string) => () => {
      // Of the last item: what befalls an effect befalls the record.
      const reasons = Array.from({ length }, (_, place) => ({ Code: place === length - 1 ? Code : 'None' }));
      return failure('TransactionCanceledException', 'Transaction cancelled', {
        CancellationReasons: reasons,
      });
    };
    return {
      lost,
      refused,
      throttled: cancelled('ThrottlingError'),
      conflicting: cancelled('TransactionConflict'),
    };
  }
  const throttled = () => failure('ProvisionedThroughputExceededException', 'too fast');
  if (operation === 'GetItem') return { lost, refused, throttled };
  return {
    lost,
    refused,
    throttled,
    conflicting: () => failure('TransactionConflictException', 'a transaction is under way'),
  };
}

const members = {
  status: attribute.status,
  fingerprint: attribute.validation,
  expiration: attribute.expiration,
  attempt: attribute.attempt,
  attempts: attribute.attempts,
  firstAttemptAt: attribute.firstAttemptAt,
  leaseUntil: attribute.inProgressExpiration,
  guarantee: attribute.guarantee,
  messageId: attribute.messageId,
  messageGroup: attribute.messageGroup,
  result: attribute.data,
  lastError: attribute.lastError,
  body: attribute.body,
  skip: attribute.skip,
} as const satisfies Readonly<Record<keyof StoredRecord, string>>;

/** What an item says, read by its attributes and not by the adapter that wrote it. */
function recordOf(item: WireItem | undefined): StoredRecord | undefined {
  if (item === undefined) return undefined;
  const values = plain(item);
  const entries = Object.entries(members).map(([member, name]) => [member, values[name]]);
  return Object.fromEntries(entries) as unknown as StoredRecord;
}

function plain(item: WireItem): Record<string, unknown> {
  return unmarshall(item as Record<string, AttributeValue>);
}
