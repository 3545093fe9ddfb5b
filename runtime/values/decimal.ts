/** A decimal number: digits * 10^exponent. The digits have no trailing zeros. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Parses a decimal number. `undefined` for a text that is not one. */
export function decimalOf(text: string): Decimal | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = pattern.exec(text) ?? [];
  const digits = whole + fraction;
  if (digits === '') return undefined;
  return trimmed(BigInt(sign === '-' ? `-${digits}` : digits), Number(exponent) - fraction.length);
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return trimmed(inScale(a, exponent) + inScale(b, exponent), exponent);
}

/** All digits and no exponent, as DynamoDB writes numbers: 1e21 is `1000000000000000000000`. */
export function textOf({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = digitsOf(digits);
  if (exponent >= 0) return sign + text + '0'.repeat(exponent);
  const padded = text.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** The digits without their sign. */
export function digitsOf(digits: bigint): string {
  return String(digits < 0n ? -digits : digits);
}

/** The same text for equal numbers: "1.50" and 1.5. `undefined` for a value that is not a finite number. */
export function canonicalDecimal(value: unknown): string | undefined {
  const decimal = decimalOf(String(value));
  return decimal && textOf(decimal);
}

/**
 * Adds two numbers exactly: 0.1 + 0.2 is 0.3. Returns a number if a double holds the sum, otherwise its digits as text:
 * 1e20 + 0.1 has more digits than a double.
 * @throws Error for an operand that is not a finite number.
 */
export function addExactly(a: unknown, b: unknown): number | `${number}` {
  const sum = addDecimals(finite(a), finite(b));
  const rounded = Number(`${sum.digits}e${sum.exponent}`);
  const isHeld = Number.isFinite(rounded) && areSame(finite(rounded), sum);
  return isHeld ? rounded : (textOf(sum) as `${number}`);
}

export function areSame(a: Decimal, b: Decimal): boolean {
  return a.digits === b.digits && a.exponent === b.exponent;
}

function finite(value: unknown): Decimal {
  const decimal = decimalOf(String(value));
  if (decimal === undefined)
    throw new Error(`${String(value)} cannot be added to: it is not a finite number`);
  return decimal;
}

function inScale({ digits, exponent }: Decimal, scale: number): bigint {
  return digits * 10n ** BigInt(exponent - scale);
}

function trimmed(digits: bigint, exponent: number): Decimal {
  if (digits === 0n) return { digits, exponent: 0 };
  const text = String(digits);
  let end = text.length;
  while (text[end - 1] === '0') end -= 1;
  return end === text.length
    ? { digits, exponent }
    : { digits: BigInt(text.slice(0, end)), exponent: exponent + text.length - end };
}
