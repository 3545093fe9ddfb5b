import { customersTable, ledgerTable } from '../../contract/orders/order-tables.ts';
import { memoryDynamoDb } from '../../test/support/dynamodb/memory-dynamodb.ts';
import { serveDynamoDb } from '../../test/support/dynamodb/server.ts';
import { answer } from '../measure/answering-process.ts';
import { effectTables, keys } from './tables.ts';
import { latencyMs, type Traffic } from './traffic.ts';

/** The state of an account in ledger and customers. */
export interface Account {
  readonly account: string;
  readonly spent: number;
  readonly orders: number;
  readonly latestOrder: string;
}

export interface DynamoDbAnswer extends Traffic {
  readonly endpoint: string;
  /** Empty unless requested. */
  readonly accounts: readonly Account[];
}

let requests = 0;
let bytes = 0;
const dynamoDb = memoryDynamoDb(keys);
const { endpoint } = await serveDynamoDb(dynamoDb, {
  latencyMs,
  onRequest: (_operation, length) => {
    requests += 1;
    bytes += length;
  },
});

answer<{ readonly accounts?: true }, DynamoDbAnswer>(({ accounts }) => ({
  endpoint,
  requests,
  bytes,
  accounts: accounts ? readAccounts() : [],
}));

function readAccounts(): Account[] {
  const latest = new Map(
    [...dynamoDb.items(effectTables.customers).values()].map((item) => [
      item[customersTable.key]?.S,
      item[customersTable.latestOrder]?.S,
    ]),
  );
  return [...dynamoDb.items(effectTables.ledger).values()].map((item) => ({
    account: String(item[ledgerTable.key]?.S),
    spent: Number(item[ledgerTable.spent]?.N),
    orders: Number(item[ledgerTable.orders]?.N),
    latestOrder: String(latest.get(item[ledgerTable.key]?.S)),
  }));
}
