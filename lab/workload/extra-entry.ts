import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { type Entry, messageGroup } from '../../publisher/index.ts';
import type { Extra } from './plan.ts';
import { poison } from './poison.ts';

/**
 * Makes the message of an extra. A duplicate inside the broker's window has the same body and no other change. A
 * duplicate after the window has a new deduplication id, which looks the same to the broker as an expired window. All
 * other extras also have a new id, because the broker must not remove them.
 */
export function extraEntry({ kind, n }: Extra, event: OrderEvent, line: number): Entry {
  return {
    line,
    body: bodyOf(kind, n, event),
    messageGroup: messageGroup(event.partitionkey),
    ...(kind !== 'duplicate' && { deduplicationId: `${kind.replace(' ', '-')}-${n}` }),
  };
}

/** Another currency: ISO 4217's codes for tests and for no currency. */
function otherCurrency(currency: string): string {
  return currency === 'XTS' ? 'XXX' : 'XTS';
}

function bodyOf(kind: Extra['kind'], n: number, event: OrderEvent): string {
  switch (kind) {
    case 'poison':
      return poison(n).spoil(event);
    case 'conflict':
      return canonicalJson({
        ...event,
        data: { ...event.data, currency: otherCurrency(event.data.currency) },
      });
    default:
      return canonicalJson(event);
  }
}
