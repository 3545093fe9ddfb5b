import { Problem } from './problem.ts';

export const idempotencyKeyHeader = 'idempotency-key';

/** Visible ASCII, as providers take it, without what separates or quotes: two headers arrive as one with a comma. */
const bare = /^[!#-+\--:<-~]{1,255}$/;
/** A structured-field string (RFC 8941, section 3.3.3), which is what draft-ietf-httpapi-idempotency-key-header asks. */
const quoted = /^"((?:[!#-[\]-~]|\\["\\])*)"$/;

/**
 * The key of a request: `"8e03978e"` and `8e03978e` are the same one.
 * @throws Problem 400 where the header is missing, or no key of 1 to 255 visible characters.
 */
export function readIdempotencyKey(header: string | undefined): string {
  const value = header?.trim() ?? '';
  const key = quoted.exec(value)?.[1]?.replace(/\\(.)/g, '$1') ?? (bare.test(value) ? value : '');
  if (key.length >= 1 && key.length <= 255) return key;
  const wanted =
    'one key of 1 to 255 visible characters, "8e03978e-40d5-43dd-bc93-6894a57f9324" for instance';
  throw new Problem(
    400,
    header === undefined ? 'IDEMPOTENCY_KEY_MISSING' : 'IDEMPOTENCY_KEY_INVALID',
    `Idempotency-Key: ${header === undefined ? 'is missing' : 'is not a key'}; send ${wanted}`,
    { field: 'Idempotency-Key' },
  );
}
