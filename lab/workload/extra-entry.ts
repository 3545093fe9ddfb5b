import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { type Entry, messageGroup } from '../../publisher/index.ts';
import type { Extra } from './plan.ts';
import { poison } from './poison.ts';

/**
 * The message of an extra. A duplicate inside the broker's window is the same body again, nothing else. Of one after
 * the window the broker knows only that its deduplication id is new, so it gets a new one; so do the others, which
 * the broker has to let through.
 */
export function extraEntry({ kind, n }: Extra, event: OrderEvent, line: number): Entry {
  return {
    line,
    body: bodyOf(kind, n, event),
    messageGroup: messageGroup(event.partitionkey),
    ...(kind !== 'duplicate' && { deduplicationId: `${kind.replace(' ', '-')}-${n}` }),
  };
}

/** ISO 4217's codes for tests and for no currency at all. */
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
