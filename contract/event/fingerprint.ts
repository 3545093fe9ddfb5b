import { canonicalJson } from './canonical-json.ts';
import type { CloudEvent } from './cloud-event.ts';
import { sha256 } from './identity.ts';

/**
 * Attributes that are no content: a producer may send an event again with other ones. `recordedtime` is CloudEvents'
 * extension of that name, `traceparent` and `tracestate` are its distributed tracing. Every other attribute counts.
 */
const uncounted: ReadonlySet<string> = new Set(['time', 'recordedtime', 'traceparent', 'tracestate']);

/** The algorithm of `fingerprint`. */
export const wholeEvent = '2';

/** The algorithm of `businessFingerprint`. */
export const businessContent = 'key';

/** The algorithm that a consumer brings along. */
export const ownContent = 'own';

/**
 * The fingerprint of an event's content: `2:`, and SHA-256 (hex) of the canonical JSON of the event less the attributes
 * that are no content, or that are `null`.
 *
 * Records keep it for as long as they count, and are compared by the algorithm that they name: whatever is hashed
 * otherwise needs another name.
 */
export function fingerprint(event: CloudEvent): string {
  return `${wholeEvent}:${hashOf(event)}`;
}

function hashOf(event: object): string {
  const counted = Object.entries(event).filter(
    ([name, value]) => !uncounted.has(name) && (value !== null || name === 'data'),
  );
  return sha256(canonicalJson(Object.fromEntries(counted)));
}

/**
 * The fingerprint of an event that a consumer names by a key of its business: `key:`, and SHA-256 (hex) as for `fingerprint`,
 * of the event less `id`, `source` and `sequence` too. A producer that makes a new id at each retry makes new ones of these.
 */
export function businessFingerprint({ id: _, source: __, sequence: ___, ...event }: CloudEvent): string {
  return `${businessContent}:${hashOf(event)}`;
}

/** The fingerprint of records from before they named an algorithm: it saw five members of an event. */
export function earliestFingerprint({ type, subject, partitionkey, sequence, data }: CloudEvent): string {
  return sha256(canonicalJson({ type, subject, partitionkey, sequence, data }));
}

/** The name of a fingerprint's algorithm; the earliest has none. */
export function algorithmOf(fingerprint: string): string | undefined {
  const end = fingerprint.indexOf(':');
  return end === -1 ? undefined : fingerprint.slice(0, end);
}
