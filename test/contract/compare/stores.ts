import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  CreateTableCommand,
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, NumberValueImpl, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Effect, Item } from '../../../runtime/handler/effects/index.ts';
import type { CommitAnswer, Delivery, EffectStore } from '../../../runtime/ports/record-store.ts';
import { dynamoDbEffectStore } from '../../../runtime/stores/dynamodb/effect-store.ts';
import { memoryStore } from '../../../runtime/stores/memory/memory-store.ts';
import { connect } from '../../support/dynamodb/connect.ts';
import { memoryDynamoDb } from '../../support/dynamodb/memory-dynamodb.ts';
import { tableKeys } from './transactions.ts';

const keysWithRecords = { records: ['id'], ...tableKeys } as const;

/** A store, and a look at its items. */
export interface Compared {
  readonly name: string;
  readonly store: EffectStore;
  /** The items of these keys, in their order. */
  read(keys: readonly TableKey[]): Promise<readonly (Item | undefined)[]>;
}

export interface TableKey {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
}

export function inMemory(): Compared {
  const store = memoryStore(tableKeys);
  return {
    name: 'the store in memory',
    store,
    read: async (keys) => keys.map(({ table, key }) => store.tables.item(table, key)),
  };
}

export function onMemoryDynamoDb(): Compared {
  const dynamoDb = memoryDynamoDb(keysWithRecords);
  const store = dynamoDbEffectStore({ table: 'records', client: connect(dynamoDb) });
  return {
    name: 'DynamoDB in memory',
    store,
    async read(keys) {
      return keys.map(({ table, key }) => {
        const input = { TableName: table, Key: marshall(key), ConsistentRead: true };
        const { Item: item } = dynamoDb.execute('GetItem', input) as {
          Item?: Record<string, AttributeValue>;
        };
        return item && exact(withBytes(item) as Record<string, AttributeValue>);
      });
    },
  };
}

export async function onDynamoDbLocal(client: DynamoDBClient): Promise<Compared> {
  for (const [TableName, names] of Object.entries(keysWithRecords)) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
        KeySchema: names.map((name, place) => ({
          AttributeName: name,
          KeyType: place === 0 ? ('HASH' as const) : ('RANGE' as const),
        })),
      }),
    );
  }
  return {
    name: 'DynamoDB Local',
    store: dynamoDbEffectStore({ table: 'records', client }),
    async read(keys) {
      const RequestItems = Object.fromEntries(
        [...new Set(keys.map(({ table }) => table))].map((table) => {
          const ofTable = keys.filter((one) => one.table === table);
          return [table, { Keys: ofTable.map(({ key }) => marshall(key)), ConsistentRead: true }];
        }),
      );
      if (keys.length === 0) return [];
      const { Responses = {} } = await client.send(new BatchGetItemCommand({ RequestItems }));
      return keys.map(({ table, key }) => {
        const item = Responses[table]?.find((one) =>
          Object.entries(key).every(([name, part]) => one[name]?.S === part),
        );
        return item && exact(item);
      });
    },
  };
}

/** As the plain SDK reads it, numbers to the last digit. */
function exact(item: Record<string, AttributeValue>): Item {
  return unmarshall(item, { wrapNumbers: (text: string) => new NumberValueImpl(text) });
}

/** Binary values, which the wire has as base64. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === 'B' && typeof member === 'string') return [name, Buffer.from(member, 'base64')];
      if (name === 'BS' && Array.isArray(member) && member.every((one) => typeof one === 'string')) {
        return [name, member.map((one) => Buffer.from(one, 'base64'))];
      }
      return [name, withBytes(member)];
    }),
  );
}

let now = 1_800_000_000_000;

export async function commit(store: EffectStore, effects: readonly Effect[]): Promise<CommitAnswer> {
  now += 1;
  const delivery: Delivery = {
    id: `compare#${randomUUID()}`,
    fingerprint: 'print',
    ownerToken: randomUUID(),
    consumer: 'compare',
    source: 'urn:compare',
    eventId: 'event',
    messageGroup: 'group',
    sequence: '1',
    messageId: 'message',
    guarantee: 'exactly-once',
    expiration: Math.floor(now / 1000) + 3600,
    insideWindow: true,
    now,
    nextTryAt: now,
  };
  return await store.commit([{ delivery }], effects);
}

/**
 * Whether DynamoDB takes effects as the plain SDK writes them, without the rules of the runtime.
 * @param client Of the real DynamoDB.
 */
export async function isTakenUnchecked(client: DynamoDBClient, effects: readonly Effect[]): Promise<boolean> {
  try {
    const TransactItems = effects.map(unchecked);
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return true;
  } catch {
    return false;
  }
}

const options = { removeUndefinedValues: true, allowImpreciseNumbers: true } as const;

function unchecked(effect: Effect): TransactWriteItem {
  const TableName = 'table' in effect ? effect.table : '';
  switch (effect.kind) {
    case 'raw':
      return effect.write;
    case 'remove':
      return { Delete: { TableName, Key: marshall(effect.key, options) } };
    case 'increment': {
      const by = Object.entries(effect.by);
      return {
        Update: {
          TableName,
          Key: marshall(effect.key, options),
          UpdateExpression: `ADD ${by.map((_, index) => `#a${index} :a${index}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(by.map(([name], index) => [`#a${index}`, name])),
          ExpressionAttributeValues: marshall(
            Object.fromEntries(by.map(([, amount], index) => [`:a${index}`, amount])),
            options,
          ),
        },
      };
    }
    default:
      return { Put: { TableName, Item: marshall(effect.item, options) } };
  }
}
