import { sha256 } from '../../contract/event/identity.ts';
import { maxContentBytes } from './content-size.ts';

/** Stored instead of a result that cannot be stored. This must never be an error, because the handler has acted. */
export interface OmittedResult {
  readonly reason: 'too-large' | 'not-json';
  /** Bytes of the result's JSON text. */
  readonly bytes?: number;
  readonly sha256?: string;
  readonly message?: string;
}

const marker = 'order-once/omitted-result';

/**
 * Converts a handler's result to JSON text: `undefined` members are left out, NaN and infinities become null, dates
 * their ISO text, bigints their digits. The result `undefined` becomes null.
 *
 * @returns The text, or a marker with the reason if the result is too large or not JSON. Never throws.
 */
export function encodeResult(result: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(result, withBigInts) ?? 'null';
  } catch (error) {
    return omitted({ reason: 'not-json', message: messageOf(error) });
  }
  const bytes = Buffer.byteLength(text);
  return bytes > maxContentBytes ? omitted({ reason: 'too-large', bytes, sha256: sha256(text) }) : text;
}

/** Returns the stored result, or the reason why it was not stored. */
export function decodeResult(
  text: string,
): { readonly result: unknown } | { readonly omitted: OmittedResult } {
  const value: unknown = JSON.parse(text);
  const isOmitted = typeof value === 'object' && value !== null && marker in value;
  return isOmitted ? { omitted: value[marker] as OmittedResult } : { result: value };
}

function omitted(what: OmittedResult): string {
  return JSON.stringify({ [marker]: what });
}

function withBigInts(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** The text of any value that a result's own `toJSON` throws. */
function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, 200);
  } catch {
    return 'unknown';
  }
}
