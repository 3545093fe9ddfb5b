import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { sha256 } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';

/** The content of an event for consumers that name it themselves. */
export function ownContent({ type, subject, partitionkey, data }: OrderEvent): unknown {
  return { type, subject, partitionkey, data };
}

/** What each fingerprint in a record stands for, by whichever algorithm: said here a second time, the oracle trusts nobody. */
export class Contents {
  readonly #bodies = new Map<string, string>();

  /** A body came into a queue; one that is no event has no fingerprint. */
  arrived(body: string): void {
    let event: OrderEvent;
    try {
      event = JSON.parse(body);
    } catch {
      return;
    }
    this.#bodies.set(`2:${sha256(canonicalJson(event))}`, body);
    this.#bodies.set(`own:${sha256(canonicalJson(ownContent(event)))}`, body);
  }

  areSame(one: string, other: string): boolean {
    // A record of a body counts how often a parser met it; its key says which body it is.
    if (one === 'body') return other === 'body';
    const body = this.#bodies.get(one);
    return body !== undefined && body === this.#bodies.get(other);
  }
}
