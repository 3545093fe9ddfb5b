import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { sha256 } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';

/** The `fingerprint` function of consumers with their own content. */
export function ownContent({ type, subject, partitionkey, data }: OrderEvent): unknown {
  return { type, subject, partitionkey, data };
}

/**
 * Finds the content behind the fingerprint of a record, for every algorithm. The oracle has its own implementation, so
 * that errors of the code are detected.
 */
export class Contents {
  readonly #bodies = new Map<string, string>();

  /** A body arrived in a queue. An invalid body has no fingerprint. */
  arrived(body: string): void {
    let event: OrderEvent;
    try {
      event = JSON.parse(body);
    } catch {
      return;
    }
    const { id: _, source: __, sequence: ___, ...business } = event;
    this.#bodies.set(`key:${sha256(canonicalJson(business))}`, body);
    this.#bodies.set(`2:${sha256(canonicalJson(event))}`, body);
    this.#bodies.set(`own:${sha256(canonicalJson(ownContent(event)))}`, body);
  }

  areSame(one: string, other: string): boolean {
    // A record of a body counts the parser's attempts; its key identifies the body.
    if (one === 'body') return other === 'body';
    const body = this.#bodies.get(one);
    return body !== undefined && body === this.#bodies.get(other);
  }
}
