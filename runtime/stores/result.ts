import { sha256 } from '../../contract/event/identity.ts';
import { maxContentBytes } from './content-size.ts';

/** What is stored in place of a result that cannot be: the handler has acted, so this must never be an error. */
export interface OmittedResult {
  readonly reason: 'too-large' | 'not-json';
  /** Of the result's JSON text. */
  readonly bytes?: number;
  readonly sha256?: string;
  readonly message?: string;
}

const marker = 'order-once/omitted-result';

/**
 * A handler's result as JSON text. It keeps what JSON keeps: `undefined` members go, NaN and infinities become null,
 * dates their ISO text, bigints their digits. A result of `undefined` is null.
 *
 * @returns The text; for a result that is too large, or no JSON at all, a marker that names why. Never throws.
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

/** The result that `encodeResult` was given, as JSON keeps it, or why it was not stored. */
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

/** Whatever a result's own `toJSON` throws, even what has no text. */
function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, 200);
  } catch {
    return 'unknown';
  }
}
