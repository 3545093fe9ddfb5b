import { DynamoDBClient, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder, orderTables } from '../../../lambda/order/apply-order.ts';
import { clientOptions } from '../../../runtime/aws/sdk-client-options.ts';
import { resolveTables } from '../../../runtime/consumer/resolve-tables.ts';
import { encode } from '../../../runtime/handler/effects/of-kind.ts';

/** The same client for all that take one: what ours makes for itself. */
export const connect = () => new DynamoDBClient(clientOptions);

const tables = resolveTables(orderTables);

/** The same effect for all: what ours commits beside its record. */
export function effectsOf(event: OrderEvent): TransactWriteItem[] {
  return applyOrder(event, { tables }).map((effect) => encode(effect).write);
}
