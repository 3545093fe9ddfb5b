import { DynamoDBClient, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder } from '../../../lambda/order/apply-order.ts';
import { clientOptions } from '../../../runtime/aws/sdk-client-options.ts';
import { writeOf } from '../../../runtime/stores/dynamodb/effects.ts';
import { effectTables } from '../tables.ts';

/** The same client for all that take one: what ours makes for itself. */
export const connect = () => new DynamoDBClient(clientOptions);

const handle = applyOrder(effectTables);

/** The same effect for all: what ours commits beside its record. */
export async function effectsOf(event: OrderEvent): Promise<TransactWriteItem[]> {
  return (await handle(event)).map(writeOf);
}
