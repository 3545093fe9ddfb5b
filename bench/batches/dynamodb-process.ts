import { ledgerTable } from '../../contract/tables.ts';
import { memoryDynamoDb } from '../../test/support/dynamodb/memory-dynamodb.ts';
import { serveDynamoDb } from '../../test/support/dynamodb/server.ts';
import { answer } from '../answering-process.ts';
import { effectTables, keys } from './tables.ts';
import { latencyMs, type Traffic } from './traffic.ts';

/** What an account has bought. */
export interface Account {
  readonly account: string;
  readonly spent: number;
  readonly orders: number;
}

export interface DynamoDbAnswer extends Traffic {
  readonly endpoint: string;
  /** Empty, unless it was asked for. */
  readonly ledger: readonly Account[];
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

answer<{ readonly ledger?: true }, DynamoDbAnswer>(({ ledger }) => ({
  endpoint,
  requests,
  bytes,
  ledger: ledger ? [...dynamoDb.items(effectTables.ledger).values()].map(accountOf) : [],
}));

function accountOf(item: Readonly<Record<string, { readonly S?: string; readonly N?: string }>>): Account {
  return {
    account: String(item[ledgerTable.key]?.S),
    spent: Number(item[ledgerTable.spent]?.N),
    orders: Number(item[ledgerTable.orders]?.N),
  };
}
