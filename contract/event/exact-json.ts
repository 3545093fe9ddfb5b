import { InvalidEventError } from '../errors.ts';
import { parseJson } from './parse-json.ts';

/** DynamoDB allows 32 levels of nesting. Two of them are for the item and the attribute that hold the event. */
const maxDepth = 30;

/** Decimal exponents of DynamoDB's numbers (AWS: "Supported data types", Number). */
const dynamoDbExponents = { least: -130, most: 125 };

const byteOrderMark = /^\ufeff/;

/** Only a number of at least 16 digits, or one with an exponent, can change in a double. */
const suspectNumber = /(?:^|[:,[\s])-?(?:[\d.]{16}|[\d.]+[eE])/;
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * `JSON.parse` for money: every number keeps all digits of the text. If a key occurs twice, the last one counts, as in
 * `JSON.parse`. A leading byte order mark is ignored (RFC 8259, section 8.1).
 *
 * @throws InvalidEventError INVALID_JSON; INEXACT_NUMBER for a number that a double or DynamoDB would round;
 *   NESTED_TOO_DEEP; INVALID_EVENT for a lone surrogate, which UTF-8 cannot encode, and for a key `__proto__`, which
 *   libraries that copy objects lose silently.
 */
export function parseExactJson(body: string): unknown {
  let text: string;
  let value: unknown;
  try {
    // A message that was made by hand may have no body.
    text = String(body).replace(byteOrderMark, '');
    value = parseJson(text, maxDepth);
  } catch (error) {
    // Without the parser's error as the cause: it may quote the body, and causes are logged.
    throw new InvalidEventError(
      'INVALID_JSON',
      `The body is not JSON: ${problemOf((error as Error).message)}`,
    );
  }
  const fault = find(
    value,
    (node, depth, key) => depth > maxDepth || key === '__proto__' || isMalformed(key) || isMalformed(node),
  );
  if (fault !== undefined && fault.length > maxDepth) {
    throw new InvalidEventError('NESTED_TOO_DEEP', `The body is nested deeper than ${maxDepth} levels`);
  }
  if (fault !== undefined) {
    throw new InvalidEventError(
      'INVALID_EVENT',
      `${path(fault) || 'The body'}: ${fault.at(-1) === '__proto__' ? 'the key is not allowed; use another key' : 'has half of a surrogate pair; do not cut a text inside of a character'}`,
      path(fault) || undefined,
    );
  }
  if (suspectNumber.test(text)) refuseInexactNumbers(text);
  return value;
}

/** V8 quotes the body only for an unexpected token: `Unexpected token 'P', "{"name": Peter}" is not valid JSON`. */
function problemOf(message: string): string {
  return message.endsWith('is not valid JSON')
    ? 'it has a character that JSON does not allow at its place'
    : message;
}

function refuseInexactNumbers(text: string): void {
  for (const { 0: token, index } of text.matchAll(stringOrNumber)) {
    if (token.startsWith('"') || survives(token)) continue;
    // A marker as long as the body cannot occur in the body.
    const marker = ' '.repeat(text.length);
    const marked = parseJson(
      text.slice(0, index) + JSON.stringify(marker) + text.slice(index + token.length),
      maxDepth,
    );
    // If a key occurs twice, only the last one has a path.
    const field = path(find(marked, (node) => node === marker) ?? []);
    throw new InvalidEventError(
      'INEXACT_NUMBER',
      `${field || 'The body'}: the number cannot be kept exactly. ${remedyOf(token)}`,
      field || undefined,
    );
  }
}

/** The accepted form of a number. Many producers print 17 digits of a double: 15.3 is the same as 15.300000000000001. */
function remedyOf(token: string): string {
  const shortest = String(Number(token));
  if (survives(shortest) && Number(shortest) !== 0) {
    return 'Write the shortest form of the double, as JavaScript does, or write all digits as a string';
  }
  const { least, most } = dynamoDbExponents;
  return `DynamoDB takes numbers from 1e${least} to 1e${most}: write it as a string`;
}

/** Whether reading the token as a double and writing it again gives the same number. */
function survives(token: string): boolean {
  const written = decimal(token);
  if (written === undefined || written.digits === '') return written !== undefined;
  const kept = decimal(String(Number(token)));
  const magnitude = written.exponent + written.digits.length - 1;
  return (
    kept?.digits === written.digits &&
    kept.exponent === written.exponent &&
    magnitude >= dynamoDbExponents.least &&
    magnitude <= dynamoDbExponents.most
  );
}

/** A decimal as its significant digits and the exponent of the last one; zero has no digits. */
function decimal(token: string): { digits: string; exponent: number } | undefined {
  const match = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const all = (whole + fraction).replace(/^0+/, '');
  // A loop: a regular expression for the zeros at the end takes quadratic time over a number full of them.
  let end = all.length;
  while (all[end - 1] === '0') end -= 1;
  const digits = all.slice(0, end);
  return {
    digits,
    exponent: Number(exponent) - fraction.length + (all.length - digits.length),
  };
}

function isMalformed(value: unknown): boolean {
  return typeof value === 'string' && !value.isWellFormed();
}

type Path = readonly string[];

/** Formats a path: `data.lines[0].quantity`. An empty key is `[""]`. */
export function path(keys: Path): string {
  return keys
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : key === '' ? '[""]' : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** The path to the first node that `wanted` accepts, depth first. */
function find(
  value: unknown,
  wanted: (node: unknown, depth: number, key: string) => boolean,
  depth = 0,
  key = '',
): Path | undefined {
  if (wanted(value, depth, key)) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [childKey, child] of Object.entries(value)) {
    const below = find(child, wanted, depth + 1, childKey);
    if (below !== undefined) return [childKey, ...below];
  }
  return undefined;
}
