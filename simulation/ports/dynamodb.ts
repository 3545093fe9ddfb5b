import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import { dynamoDbEffectStore } from '../../runtime/index.ts';
import type { StoredRecord } from '../../runtime/ports/record-store.ts';
import { failure, type WireAnswer } from '../../test/support/dynamodb/answer.ts';
import { connect, type Sending } from '../../test/support/dynamodb/connect.ts';
import type { Item as WireItem } from '../../test/support/dynamodb/item.ts';
import { memoryDynamoDb } from '../../test/support/dynamodb/memory-dynamodb.ts';
import type { KeyAttributes } from '../../test/support/dynamodb/table.ts';
import { recordMembers } from '../../test/support/record-members.ts';
import type { Spoiled } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { type Caller, Callers } from './callers.ts';
import { along, type RunStore } from './store.ts';

export const recordTable = 'records';

export interface DynamoDbRunStore extends RunStore {
  /** A client whose requests must be sent inside of `calling`. */
  readonly client: DynamoDBClient;
  /** Runs a function whose requests belong to the caller's process. */
  calling<Result>(caller: Omit<Caller<WireAnswer>, 'watch'>, run: () => Promise<Result>): Promise<Result>;
}

/**
 * The runtime's adapter and a client of the SDK, over DynamoDB in memory. Faults happen between client and DynamoDB: an
 * HTTP request is lost, late or refused, and the SDK and the adapter handle that themselves.
 *
 * @param tables The tables of the effects.
 */
export function dynamoDbRunStore(
  world: World,
  tables: Readonly<Record<string, KeyAttributes>>,
): DynamoDbRunStore {
  const dynamoDb = memoryDynamoDb({ ...tables, [recordTable]: [attribute.id] }, { now: () => world.now });
  const items = dynamoDb.items(recordTable);
  const callers = new Callers<WireAnswer>();
  const client = connect(dynamoDb, (sending) =>
    callers.send({
      name: sending.operation,
      arrive: () => loudly(world, sending),
      spoiled: spoiledOf(sending),
    }),
  );

  return {
    client,
    calling: (caller, run) => callers.run(caller, run),
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
    over: (process, wrote) =>
      along(
        callers.wayOf(process, wrote, { get: (id) => items.get(id), recordOf }),
        dynamoDbEffectStore({ table: recordTable, client }),
      ),
  };
}

/** An error of the evaluator fails the run. The runtime alone would take it for an error of DynamoDB. */
function loudly(world: World, { arrive }: Sending): WireAnswer {
  try {
    return arrive();
  } catch (error) {
    world.violated((error as Error).message);
    throw error;
  }
}

/** The answers of DynamoDB to a request with a fault. */
function spoiledOf({ operation, body }: Sending): Spoiled<WireAnswer> {
  const lost = (): never => {
    throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
  };
  const refused = () => failure('AccessDeniedException', 'not authorized');
  if (operation === 'TransactWriteItems') {
    const { length } = (JSON.parse(body) as { readonly TransactItems: readonly unknown[] }).TransactItems;
    const cancelled = (Code: string) => () => {
      // The reason of the last item, which is an effect or the record.
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

/** The record of an item, read without the adapter that wrote it. */
function recordOf(item: WireItem | undefined): StoredRecord | undefined {
  if (item === undefined) return undefined;
  const values = plain(item);
  const entries = Object.entries(recordMembers).map(([member, name]) => [member, values[name]]);
  return Object.fromEntries(entries) as unknown as StoredRecord;
}

function plain(item: WireItem): Record<string, unknown> {
  return unmarshall(item as Record<string, AttributeValue>);
}
