import { ItemValidationException, ValidationException } from './errors.ts';

/** digits * 10^exponent, without trailing zeros. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** DynamoDB Developer Guide, "Supported data types and naming rules": Number. */
const precision = 38;
const largest = 125;
const smallest = -130;

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** @throws ValidationException for what is no number, or none that DynamoDB holds. */
export function decimalOf(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = pattern.exec(text) ?? [];
  if (whole + fraction === '') {
    throw new ValidationException(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const decimal = trimmed(
    BigInt(sign.replace('+', '') + whole + fraction),
    Number(exponent) - fraction.length,
  );
  const fault = faultOf(decimal);
  if (fault !== undefined) throw new ValidationException(fault);
  return decimal;
}

function faultOf(decimal: Decimal): string | undefined {
  const length = lengthOf(decimal);
  if (length > precision) return `Attempting to store more than ${precision} significant digits in a Number`;
  const magnitude = decimal.digits === 0n ? 0 : decimal.exponent + length - 1;
  if (magnitude <= largest && magnitude >= smallest) return undefined;
  const [which, than] = magnitude > largest ? ['overflow', 'larger'] : ['underflow', 'smaller'];
  return `Number ${which}. Attempting to store a number with magnitude ${than} than supported range`;
}

/** Below 0, 0, or above 0, as for sorting. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const { digits } = sum(a, { ...b, digits: -b.digits });
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

/** @throws ItemValidationException for a sum that is not a number of DynamoDB. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const result = sum(a, b);
  const fault = faultOf(result);
  if (fault !== undefined) throw new ItemValidationException(fault);
  return result;
}

export function negated({ digits, exponent }: Decimal): Decimal {
  return { digits: -digits, exponent };
}

/** As DynamoDB tells numbers: all digits, no exponent, no zeros that say nothing. */
export function textOf({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits);
  if (exponent >= 0) return sign + text + '0'.repeat(exponent);
  const padded = text.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

function lengthOf({ digits }: Decimal): number {
  return String(digits).replace('-', '').length;
}

function sum(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const digits = [a, b].map((one) => one.digits * 10n ** BigInt(one.exponent - exponent));
  return trimmed((digits[0] as bigint) + (digits[1] as bigint), exponent);
}

function trimmed(digits: bigint, exponent: number): Decimal {
  if (digits === 0n) return { digits, exponent: 0 };
  const zeros = /0*$/.exec(String(digits))?.[0].length ?? 0;
  return { digits: digits / 10n ** BigInt(zeros), exponent: exponent + zeros };
}
