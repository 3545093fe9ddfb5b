import { DynamoDBClient, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder, orderTables } from '../../../lambda/order/apply-order.ts';
import { clientOptions } from '../../../runtime/aws/sdk-client-options.ts';
import { resolveTables } from '../../../runtime/consumer/resolve-tables.ts';
import { encode } from '../../../runtime/handler/effects/of-kind.ts';

/** The client of our runtime, used by all contestants. */
export const connect = () => new DynamoDBClient(clientOptions);

const tables = resolveTables(orderTables);

/** The effects of an order, the same for all contestants. */
export function effectsOf(event: OrderEvent): TransactWriteItem[] {
  return applyOrder(event, { tables }).map((effect) => encode(effect).write);
}
