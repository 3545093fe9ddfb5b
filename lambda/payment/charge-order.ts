import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { orderTypeOf } from '../../contract/orders/order-types.ts';
import { shopVariables } from '../../contract/orders/shop-variables.ts';
import type { ReadAuthorization } from '../../runtime/http/credential.ts';
import { type ExternalHandler, postWithKey } from '../../runtime/index.ts';

/**
 * Charges an order, if the table of event types asks for a charge. The payload depends only on the event, because a
 * provider refuses a key with another payload.
 *
 * @param url URL to which charges are posted.
 * @param authorization Reads the provider's credential. @default - none is sent
 */
export function chargeOrder(url: string, authorization?: ReadAuthorization): ExternalHandler<OrderEvent> {
  return async ({ type, source, id, data: { orderId, total, currency } }, context) => {
    // Returns, corrections and gifts are orders too.
    if (!orderTypeOf({ type }).isCharged || total <= 0) return 'nothing to charge';
    const charge = {
      reference: { source, id },
      orderId,
      // As text, because a provider that reads JSON numbers as doubles would round it.
      amount: String(total),
      currency,
    };
    const answer = await postWithKey(url, charge, {
      context,
      setting: shopVariables.paymentUrl,
      ...(authorization && { authorization }),
    });
    return { charge: chargeId(answer) };
  };
}

/** The provider's id of the charge. */
function chargeId(answer: unknown): string | null {
  const { id } = (typeof answer === 'object' && answer !== null ? answer : {}) as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
