import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import Big from 'big.js';
import { ledgerTable } from '../../contract/orders/order-tables.ts';
import { dynamoDbEffectStore, type EffectStore } from '../../runtime/index.ts';
import { effectTables, recordTables } from '../cost/tables.ts';
import { newOrders } from '../measure/order-batches.ts';
import { slow } from '../measure/slow-port.ts';
import { fulfilmentOver, orderTablesInMemory } from './trips.ts';

/** Result for a customer whose orders form one message group. A FIFO queue delivers them in batches, one at a time. */
export interface HotCustomer {
  readonly store: string;
  readonly orders: number;
  readonly seconds: number;
  readonly requests: number;
}

/** Total of each order that `newOrders` creates. */
const total = 15.3;
const perBatch = 10;
const customer = 'customer-0';

/** @throws Error if the customer's ledger is not exactly the sum of its orders. */
export async function inSlowMemory(orders: number, latency: number): Promise<HotCustomer> {
  const memory = orderTablesInMemory();
  let requests = 0;
  const store = slow(
    memory,
    () => latency,
    () => {
      requests += 1;
    },
  );
  const seconds = await apply(store, orders);
  const ledger = memory.tables.item(effectTables.ledger, { [ledgerTable.key]: customer });
  verify(ledger?.[ledgerTable.spent], ledger?.[ledgerTable.orders], orders);
  return { store: `memory, ${latency} ms a request`, orders, seconds, requests };
}

/** @param connect Returns a new client of a store with empty tables. @throws Error as `inSlowMemory` does. */
export async function inDynamoDb(connect: () => DynamoDBClient, orders: number): Promise<HotCustomer> {
  const client = connect();
  let requests = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      requests += 1;
      return next(args);
    },
    { step: 'initialize', name: 'count' },
  );
  const seconds = await apply(dynamoDbEffectStore({ table: recordTables.ours, client }), orders);
  const { Item } = await connect().send(
    new GetItemCommand({
      TableName: effectTables.ledger,
      Key: { [ledgerTable.key]: { S: customer } },
      ConsistentRead: true,
    }),
  );
  verify(Item?.[ledgerTable.spent]?.N, Item?.[ledgerTable.orders]?.N, orders);
  return { store: 'DynamoDB Local', orders, seconds, requests };
}

/** @returns Duration in seconds. */
async function apply(store: EffectStore, orders: number): Promise<number> {
  const consume = fulfilmentOver(store);
  const batches = Array.from({ length: Math.ceil(orders / perBatch) }, (_, index) =>
    newOrders({ messages: Math.min(perBatch, orders - index * perBatch), groups: 1, bytes: 0 }),
  );
  const begin = performance.now();
  for (const batch of batches) await consume(batch);
  return (performance.now() - begin) / 1000;
}

function verify(spent: unknown, count: unknown, orders: number): void {
  const expected = new Big(total).times(orders);
  if (expected.eq(String(spent)) && String(count) === String(orders)) return;
  throw new Error(`The ledger has ${spent} of ${count} orders; it should be ${expected} of ${orders}`);
}
