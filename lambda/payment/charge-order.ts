import { environmentNames } from '../../contract/environment.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { orderTypeOf } from '../../contract/orders/order-types.ts';
import { type ExternalHandler, postWithKey } from '../../runtime/index.ts';

/**
 * Charges an order, if the type of its event asks for it. What is sent depends on the event alone: a provider refuses a key that comes again
 * with another payload.
 *
 * @param url Where charges are posted.
 */
export function chargeOrder(url: string): ExternalHandler<OrderEvent> {
  return async ({ type, source, id, data: { orderId, total, currency } }, context) => {
    // Returns, corrections and gifts are orders too.
    if (!orderTypeOf({ type }).isCharged || total <= 0) return 'nothing to charge';
    const charge = {
      reference: { source, id },
      orderId,
      // As text: a provider that reads JSON numbers as binary fractions must not round it.
      amount: String(total),
      currency,
    };
    const answer = await postWithKey(url, charge, { context, setting: environmentNames.paymentUrl });
    return { charge: chargeId(answer) };
  };
}

/** The provider's name for the charge, which finds it there. */
function chargeId(answer: unknown): string | null {
  const { id } = (typeof answer === 'object' && answer !== null ? answer : {}) as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
