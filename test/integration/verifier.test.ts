import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { compare } from '../../lab/verify/compare.ts';
import { expectationOf } from '../../lab/verify/expectation.ts';
import { readTables } from '../../lab/verify/tables.ts';
import { anOrder } from '../support/orders.ts';
import { connection, deliveries, dynamoDb, send, unique } from './support.ts';

const { sound } = connection.variants;

/** Nobody else publishes to this topic: its tables hold these orders and nothing else. */
const account = unique('account');
const events = ['1', '2', '3'].map((sequence) =>
  anOrder({ subject: unique('order'), partitionkey: account, sequence }, { total: 10.1 }),
);

async function problems(): Promise<readonly string[]> {
  async function* published() {
    yield* events;
  }
  const expected = await expectationOf(published());
  return compare(expected, await readTables(dynamoDb, sound)).problems;
}

describe('the verifier, over the real tables', () => {
  beforeAll(async () => {
    await send(sound, ...events.map((body) => ({ body, group: account })));
    await deliveries(sound, account, 3);
  });

  it('finds no problem if every event was applied once', async () => {
    await expect(problems()).resolves.toEqual([]);
  });

  it('reports a ledger that is off by 0.01', async () => {
    const add = (amount: string) =>
      dynamoDb.send(
        new UpdateItemCommand({
          TableName: sound.ledger,
          Key: marshall({ account }),
          UpdateExpression: 'ADD spent :amount',
          ExpressionAttributeValues: { ':amount': { N: amount } },
        }),
      );
    await add('0.01');
    await expect(problems()).resolves.toEqual([
      `ledger of ${account}: 30.31 in 3 orders, expected 30.3 in 3`,
    ]);
    await add('-0.01');
  });

  it('reports a record of an event that was never published', async () => {
    const id = unique('stranger');
    const record = { id, consumer: 'fulfilment', source: 'urn:test', event_id: id, status: 'COMPLETED' };
    await dynamoDb.send(new PutItemCommand({ TableName: sound.records, Item: marshall(record) }));
    await expect(problems()).resolves.toEqual([
      `fulfilment: a record of event ["urn:test","${id}"], which was never published`,
    ]);
    await dynamoDb.send(new DeleteItemCommand({ TableName: sound.records, Key: marshall({ id }) }));
  });

  it('reports a deleted order', async () => {
    const orderId = events[1]?.subject ?? '';
    await dynamoDb.send(new DeleteItemCommand({ TableName: sound.orders, Key: marshall({ orderId }) }));
    await expect(problems()).resolves.toEqual([`order ${orderId} is missing`]);
  });
});
