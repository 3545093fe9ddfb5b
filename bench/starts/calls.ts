import { encodeTables, environmentNames } from '../../contract/environment.ts';
import { shopVariables } from '../../contract/orders/shop-variables.ts';
import { post } from '../../test/support/http.ts';
import { anOrder } from '../../test/support/orders.ts';
import { sqsEvent, sqsRecord } from '../../test/support/sqs.ts';

/** Events for the calls of a function, each with a new order. */
export function callsOf(name: string, count: number): unknown[] {
  return Array.from({ length: count }, (_, n) => {
    if (name === 'intake') return post({ key: `key-of-order-${n}` });
    const now = Date.now();
    const order = anOrder({ subject: String(n), sequence: String(n + 1) });
    return sqsEvent(sqsRecord(order, { messageId: `message-${n}`, sentAt: now, firstReceived: now }));
  });
}

/** Environment variables of the functions. All requests go to one endpoint. */
export function environmentWith(endpoint: string): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: endpoint,
    [environmentNames.consumerName]: 'fulfilment',
    [environmentNames.recordsTable]: 'records',
    [environmentNames.recordTtlSeconds]: '3888000',
    [environmentNames.queueUrl]: `${endpoint}/queue`,
    [environmentNames.visibilityTimeoutSeconds]: '180',
    [environmentNames.queueRetentionSeconds]: '345600',
    [environmentNames.maxReceiveCount]: '1000',
    [environmentNames.deadLetterQueueUrl]: `${endpoint}/dead-letters`,
    [environmentNames.onPoison]: 'quarantine',
    [environmentNames.tables]: encodeTables({
      orders: { tableName: 'orders' },
      ledger: { tableName: 'ledger' },
      customers: { tableName: 'customers' },
    }),
    [shopVariables.paymentUrl]: `${endpoint}/charges`,
    [shopVariables.paymentKeyRetentionSeconds]: '86400',
    [shopVariables.mailFrom]: 'shop@example.com',
    [shopVariables.mailDomain]: 'example.com',
    [shopVariables.customersTable]: 'customers',
    [shopVariables.maxSequenceJump]: '1000000',
    [shopVariables.topicArn]: 'arn:aws:sns:us-east-1:123456789012:orders.fifo',
  };
}
