import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { resolveTables } from '../../runtime/consumer/resolve-tables.ts';
import { describe } from '../../runtime/handler/errors.ts';
import { memoryTables } from '../../runtime/stores/memory/tables.ts';
import { ValueError } from '../../runtime/values/attribute-values.ts';
import type { Refusal } from '../intake/create-intake.ts';
import { applyOrder, orderTables } from './apply-order.ts';

/** Used only to check effects, which are never applied. */
const store = memoryTables(orderTables);
const context = { tables: resolveTables(orderTables) };

/** Attributes of the items for which the client has another name than a member of its order. */
const clientNames: readonly (readonly [RegExp, string])[] = [
  [/^(item|key)\.account$/, 'account'],
  [/^item\b/, 'order'],
];

/**
 * Checks whether `fulfilment` can apply an order: it computes the order's effects and checks whether DynamoDB would accept
 * them. Without this check, a bad order would be accepted and end in the dead-letter queue.
 *
 * @returns The wrong field, in the terms of the intake's clients; `undefined` if the order can be applied.
 */
export function refusalOf(event: OrderEvent): Refusal | undefined {
  const effects = applyOrder(event, context);
  const answer = store.prepare(effects, effects.length);
  if (answer.kind === 'prepared') return undefined;
  const { cause, reason } = answer;
  if (!(cause instanceof ValueError))
    return { field: 'order', reason: `order: cannot be stored: ${describe(reason)}` };
  const [pattern = /^/, name = 'order'] = clientNames.find(([pattern]) => pattern.test(cause.place)) ?? [];
  const field = cause.place.replace(pattern, name);
  return { field, reason: `${field}: ${cause.reason}` };
}
