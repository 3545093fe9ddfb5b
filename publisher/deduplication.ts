import type { CloudEvent } from '../contract/event/event-parser.ts';
import { sha256 } from '../contract/event/identity.ts';

/**
 * Which messages the broker treats as the same message during its deduplication interval of 5 minutes:
 * - `content`: equal bodies. No id is sent; the topic, which must have content-based deduplication, hashes the body;
 * - `event`: equal `source` and `id`, whatever the rest of the event;
 * - a function: equal keys, for example a business key. It must return the same key for an event every time.
 */
export type Deduplication<Event extends CloudEvent> = 'content' | 'event' | ((event: Event) => string);

/**
 * The deduplication id: 64 hex digits. SNS allows at most 128 characters of a limited set (AWS: "Publish",
 * `MessageDeduplicationId`, Amazon SNS API Reference), but a source, an id or a key can contain any character.
 *
 * @throws TypeError if the key function returns no key. An empty key would make all such events one message.
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
