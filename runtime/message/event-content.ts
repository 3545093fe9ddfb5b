import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import {
  algorithmOf,
  businessContent,
  businessFingerprint,
  earliestFingerprint,
  fingerprint,
  ownContent,
  wholeEvent,
} from '../../contract/event/fingerprint.ts';
import { sha256 } from '../../contract/event/identity.ts';
import { ignoreRejection, isPromise } from '../handler/promise.ts';
import { isPlainObject } from '../values/plain-object.ts';

/** Returns the part of an event that counts as its content: any JSON value. */
export type ContentOf<Event extends CloudEvent> = (event: Event) => unknown;

/** The options of a consumer on which its fingerprints depend. */
interface ContentOptions<Event extends CloudEvent> {
  readonly fingerprint?: ContentOf<Event> | undefined;
  readonly key?: ContentOf<Event> | undefined;
}

/**
 * The fingerprint of an event for a consumer: of the whole event; with a `key`, without `id`, `source` and `sequence`;
 * with a `fingerprint` function, `own:` and the SHA-256 (hex) of its result.
 * @throws TypeError if `fingerprint` returns a value that is not JSON; the error of `fingerprint`.
 */
export function fingerprintOf<Event extends CloudEvent>(
  event: Event,
  { fingerprint: contentOf, key }: ContentOptions<Event> = {},
): string {
  if (contentOf === undefined) return key === undefined ? fingerprint(event) : businessFingerprint(event);
  const content = contentOf(event);
  if (isPromise(content)) ignoreRejection(content);
  if (content === undefined) throw noContent('undefined');
  refuseOtherThanJson(content);
  return `${ownContent}:${sha256(canonicalJson(content))}`;
}

/**
 * The fingerprint of an event by the algorithm that another fingerprint names.
 * @param named The fingerprint of a record.
 * @returns `undefined` for an unknown algorithm, and for `own` if the consumer has no `fingerprint`.
 */
export function fingerprintLike<Event extends CloudEvent>(
  named: string,
  event: Event,
  options: ContentOptions<Event> = {},
): string | undefined {
  switch (algorithmOf(named)) {
    case undefined:
      return earliestFingerprint(event);
    case wholeEvent:
      return fingerprint(event);
    case ownContent:
      return options.fingerprint && fingerprintOf(event, options);
    case businessContent:
      return businessFingerprint(event);
    default:
      return undefined;
  }
}

/**
 * Refuses promises, sets and functions, because they all have the same canonical JSON: any two events would have the
 * same content.
 */
function refuseOtherThanJson(value: unknown): void {
  if (Array.isArray(value) || isPlainObject(value)) {
    for (const member of Object.values(value)) refuseOtherThanJson(member);
    return;
  }
  if (typeof value === 'object' && value !== null) {
    if ('toJSON' in value) return;
    throw noContent(`an instance of ${value.constructor.name}`);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw noContent(String(value));
  if (['function', 'symbol', 'bigint'].includes(typeof value)) throw noContent(`a ${typeof value}`);
}

function noContent(found: string): TypeError {
  return new TypeError(
    `fingerprint: found ${found} in what it returned. Return the content that counts as JSON: objects, lists, strings, ` +
      'finite numbers, booleans, null',
  );
}
