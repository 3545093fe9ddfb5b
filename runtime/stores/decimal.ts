/**
 * The sum as decimals have it, not as doubles do: 0.1 + 0.2 is 0.3.
 * @param amount A number, or the text of one. @throws Error for what is no finite number.
 */
export function addDecimals(held: unknown, amount: unknown): number {
  if (typeof held === 'string') throw notNumber(held);
  return Number(textOf(sumOf(held, amount)));
}

/**
 * The same as a number where a double holds it exactly, and else as text: 1e20 + 0.1 has more digits than a double.
 * @throws Error for what is no finite number.
 */
export function addExactly(a: unknown, b: unknown): number | `${number}` {
  const sum = sumOf(a, b);
  const rounded = Number(textOf(sum));
  const [held, wanted] = inOneScale(decimalOf(rounded), sum);
  return held === wanted ? rounded : textOf(sum);
}

/** One text for each number: "1.50" and 1.5 are the same. `undefined` for what is no finite number. */
export function canonicalDecimal(value: unknown): string | undefined {
  try {
    let { digits, scale } = decimalOf(value);
    while (scale > 0 && digits % 10n === 0n) {
      digits /= 10n;
      scale -= 1;
    }
    return textOf({ digits, scale });
  } catch {
    return undefined;
  }
}

interface Decimal {
  readonly digits: bigint;
  /** How many of the digits stand behind the point. */
  readonly scale: number;
}

function sumOf(a: unknown, b: unknown): Decimal {
  const [first, second] = [decimalOf(a), decimalOf(b)];
  const [x, y] = inOneScale(first, second);
  return { digits: x + y, scale: Math.max(first.scale, second.scale) };
}

function inOneScale(a: Decimal, b: Decimal): readonly [bigint, bigint] {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale)];
}

function textOf({ digits, scale }: Decimal): `${number}` {
  return `${digits}e-${scale}` as `${number}`;
}

function decimalOf(value: unknown): Decimal {
  const isDecimal = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string';
  const match = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(isDecimal ? String(value) : '');
  if (match === null) throw notNumber(value);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

function notNumber(value: unknown): Error {
  return new Error(`${String(value)} cannot be added to: it is no finite number`);
}
