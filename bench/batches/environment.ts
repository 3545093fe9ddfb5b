import { encodeTables, environmentNames } from '../../contract/environment.ts';
import { effectTables, recordTables } from './tables.ts';

/** The environment of a contestant, including the variables that the construct sets for our consumer. */
export function environmentOf(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    [environmentNames.consumerName]: 'fulfilment',
    [environmentNames.recordsTable]: recordTables.ours,
    [environmentNames.recordTtlSeconds]: '3888000',
    [environmentNames.queueUrl]: 'http://127.0.0.1/orders.fifo',
    [environmentNames.visibilityTimeoutSeconds]: '180',
    [environmentNames.queueRetentionSeconds]: '345600',
    [environmentNames.maxReceiveCount]: '1000',
    [environmentNames.onPoison]: 'quarantine',
    [environmentNames.deadLetterQueueUrl]: 'http://127.0.0.1/dead-letters.fifo',
    [environmentNames.tables]: encodeTables({
      orders: { tableName: effectTables.orders },
      ledger: { tableName: effectTables.ledger },
      customers: { tableName: effectTables.customers },
    }),
  };
}
