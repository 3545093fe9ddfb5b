import { Problem } from './problem.ts';

export const idempotencyKeyHeader = 'idempotency-key';

/** RFC 9651, section 4.2.5: printable ASCII, with quotes and backslashes escaped. */
const string = String.raw`"(?:[ !#-[\]-~]|\\["\\])*"`;

/** The values of parameters (RFC 9651, sections 4.2.4 to 4.2.10). */
const values = [
  String.raw`-?(?:\d{1,15}|\d{1,12}\.\d{1,3})`,
  string,
  String.raw`[A-Za-z*][\w!#$%&'*+.^|~:/\x60-]*`,
  ':[A-Za-z0-9+/=]*:',
  String.raw`\?[01]`,
  String.raw`@-?\d{1,15}`,
  '%"(?:[ !#$&-~]|%[0-9a-f]{2})*"',
].join('|');
const parameters = `(?:; *[a-z*][a-z0-9_.*-]*(?:=(?:${values}))?)*`;

/**
 * A quoted key; or a bare key, as many clients send it: visible ASCII without separators and quotes. Two headers arrive as
 * one header with a comma.
 */
const item = new RegExp(String.raw`^(?:(${string})|([!#-+\--:<-~]+))${parameters}$`);

const longest = 255;

/**
 * Returns the key of a request. The header is an Item of structured fields: a String, with parameters that are ignored (RFC
 * 9651, sections 3.3 and 3.3.3; draft-ietf-httpapi-idempotency-key-header): `"8e03978e"`, `"8e03978e";v=1` and `8e03978e`
 * are the same key.
 *
 * @throws Problem 400 if the header is missing, or is not a key of 1 to 255 characters.
 */
export function readIdempotencyKey(header: string | undefined): string {
  const key = header === undefined ? '' : keyOf(header.trim());
  if (key.length >= 1 && key.length <= longest) return key;
  const wanted =
    `one key of 1 to ${longest} ASCII characters, for example "8e03978e-40d5-43dd-bc93-6894a57f9324"; a key with blanks, ` +
    'commas or semicolons needs the quotes';
  throw new Problem(
    400,
    header === undefined ? 'IDEMPOTENCY_KEY_MISSING' : 'IDEMPOTENCY_KEY_INVALID',
    `Idempotency-Key: ${header === undefined ? 'is missing' : 'is not a key'}; send ${wanted}`,
    { field: 'Idempotency-Key' },
  );
}

/** @returns An empty string if there is no key. */
function keyOf(header: string): string {
  const [, quoted, bare = ''] = item.exec(header) ?? [];
  return quoted === undefined ? bare : quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}
