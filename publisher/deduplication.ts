import type { CloudEvent } from '../contract/event/event-parser.ts';
import { sha256 } from '../contract/event/identity.ts';

/**
 * What the broker takes for the same message during its deduplication interval of 5 minutes:
 * - `content`: equal bodies. No id is sent; the topic, which must have content-based deduplication, hashes the body;
 * - `event`: equal `source` and `id`, whatever else the event says;
 * - a function: equal keys, a business key for instance. It must return the same key for an event every time.
 */
export type Deduplication<Event extends CloudEvent> = 'content' | 'event' | ((event: Event) => string);

/**
 * The deduplication id: 64 hex digits, since SNS takes 128 characters of a narrow set (AWS: "Publish",
 * `MessageDeduplicationId`, Amazon SNS API Reference) and a source, an id or a key may be anything.
 *
 * @throws TypeError where the key function returns no key: an empty one would make all those events one.
 */
export function deduplicationId<Event extends CloudEvent>(
  event: Event,
  deduplication: Deduplication<Event>,
): string | undefined {
  if (deduplication === 'content') return undefined;
  if (deduplication === 'event') return sha256(JSON.stringify([event.source, event.id]));
  const key: unknown = deduplication(event);
  if (typeof key !== 'string' || key === '') {
    throw new TypeError(`expected a non-empty string, got ${JSON.stringify(key) ?? String(key)}`);
  }
  return sha256(key);
}
