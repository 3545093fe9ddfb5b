import { isMediaType, isTime, isUri, isUriReference } from './rfc.ts';

/**
 * The rules of an order event once more, read from the text by other means: what the parser and this one disagree about
 * is a mistake in one of them.
 */
export function isOrderEvent(text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''), wellFormed);
  } catch {
    // No JSON, a rule broken, or nested so deep that the stack ends.
    return false;
  }
  if (!numbersOf(text).every(isKept)) return false;
  if (!isObject(value) || ('TopicArn' in value && 'Message' in value) || depthOf(value) > 30) return false;
  const { specversion, id, source, type, subject, partitionkey, sequence, data } = value;
  return (
    specversion === '1.0' &&
    [id, source, subject, partitionkey].every(isText) &&
    (type === 'order.placed' || type === 'order.cancelled') &&
    Object.entries(value).every(([name, member]) => member === null || isAttribute(name, member)) &&
    typeof sequence === 'string' &&
    /^\d{1,38}$/.test(sequence) &&
    isOrder(data) &&
    Buffer.byteLength(`${'x'.repeat(64)}#${escaped(source)}#${escaped(id)}`) <= 2048
  );
}

/** Of an order, whose `data` leaves no place for `data_base64`. */
function isAttribute(name: string, value: unknown): boolean {
  if (name === 'data' || name === 'partitionkey') return true;
  if ([...name].some((letter) => !'abcdefghijklmnopqrstuvwxyz0123456789'.includes(letter)) || name === '') {
    return false;
  }
  const known = rules.get(name);
  if (known !== undefined)
    return typeof value === 'string' && value !== '' && hasOnlyAllowed(value) && known(value);
  if (typeof value === 'string') return hasOnlyAllowed(value);
  return typeof value === 'boolean' || (typeof value === 'number' && (value | 0) === value);
}

const rules = new Map<string, (text: string) => boolean>([
  ['id', () => true],
  ['subject', () => true],
  ['source', isUriReference],
  ['time', isTime],
  ['datacontenttype', isMediaType],
  ['dataschema', isUri],
]);

function hasOnlyAllowed(text: string): boolean {
  return [...text].every((character) => {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    return !isControl && (code & 0xfffe) !== 0xfffe && !(code >= 0xfdd0 && code <= 0xfdef);
  });
}

function isOrder(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { orderId, customerId, currency, lines, total } = value;
  return (
    isText(orderId) &&
    (customerId === undefined || isText(customerId)) &&
    typeof currency === 'string' &&
    /^[A-Z]{3}$/.test(currency) &&
    typeof total === 'number' &&
    Array.isArray(lines) &&
    lines.every(
      (line) =>
        isObject(line) &&
        isText(line.sku) &&
        (line.description === undefined || typeof line.description === 'string') &&
        typeof line.quantity === 'number' &&
        typeof line.unitPrice === 'number',
    )
  );
}

/** A reviver. @throws Where JSON says what an event must not. */
function wellFormed(key: string, value: unknown): unknown {
  if (key === '__proto__' || !key.isWellFormed()) throw new Error(key);
  if (typeof value === 'string' && !value.isWellFormed()) throw new Error(key);
  return value;
}

/** The numbers of a JSON text as they are written, those too whose key occurs again after them. */
function numbersOf(text: string): readonly string[] {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[\d.eE+-]*/g) ?? [];
}

function isKept(number: string): boolean {
  const written = rational(number);
  const kept = rational(String(Number(number)));
  if (written === undefined || kept === undefined) return false;
  if (written.digits === 0n) return true;
  const { digits, exponent } = written;
  const magnitude = exponent + String(digits).replace('-', '').length - 1;
  if (magnitude < -130 || magnitude > 125) return false;
  const least = Math.min(exponent, kept.exponent);
  return digits * 10n ** BigInt(exponent - least) === kept.digits * 10n ** BigInt(kept.exponent - least);
}

/** `undefined` for what is no finite number, and for one that is too long or too large for anybody. */
function rational(text: string): { digits: bigint; exponent: number } | undefined {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === '') return undefined;
  const digits = BigInt(whole + fraction);
  if (digits !== 0n && (text.length > 2_000 || Math.abs(Number(exponent)) > 10_000)) return undefined;
  return { digits, exponent: Number(exponent) - fraction.length };
}

function depthOf(value: unknown): number {
  return isObject(value) || Array.isArray(value) ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
}

function escaped(part: unknown): string {
  return String(part).replaceAll('%', '%25').replaceAll('#', '%23');
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
