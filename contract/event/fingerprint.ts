import { canonicalJson } from './canonical-json.ts';
import type { CloudEvent } from './cloud-event.ts';
import { sha256 } from './identity.ts';

/**
 * Attributes that are not content: they may differ when a producer sends an event again. `recordedtime` is CloudEvents'
 * extension of that name; `traceparent` and `tracestate` are its distributed tracing extension. Every other attribute
 * counts.
 */
const uncounted: ReadonlySet<string> = new Set(['time', 'recordedtime', 'traceparent', 'tracestate']);

/** The algorithm of `fingerprint`. */
export const wholeEvent = '2';

/** The algorithm of `businessFingerprint`. */
export const businessContent = 'key';

/** The algorithm of a consumer's own `fingerprint` function. */
export const ownContent = 'own';

/**
 * The fingerprint of an event's content: `2:`, and the SHA-256 (hex) of the canonical JSON of the event, without
 * attributes that are not content or that are `null`.
 *
 * A record stores the fingerprint of its event, and later deliveries use the algorithm that the record names. So any
 * change of the hashed content needs a new name.
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
 * The fingerprint of an event for a consumer with its own business key: `key:`, and the SHA-256 (hex) as for
 * `fingerprint`, but also without `id`, `source` and `sequence`. A producer that makes a new id at each retry changes
 * all three.
 */
export function businessFingerprint({ id: _, source: __, sequence: ___, ...event }: CloudEvent): string {
  return `${businessContent}:${hashOf(event)}`;
}

/** The fingerprint of records of earlier versions, which name no algorithm. It covers five members of an event. */
export function earliestFingerprint({ type, subject, partitionkey, sequence, data }: CloudEvent): string {
  return sha256(canonicalJson({ type, subject, partitionkey, sequence, data }));
}

/** The name of a fingerprint's algorithm; `undefined` for the earliest one. */
export function algorithmOf(fingerprint: string): string | undefined {
  const end = fingerprint.indexOf(':');
  return end === -1 ? undefined : fingerprint.slice(0, end);
}
