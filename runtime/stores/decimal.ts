/** The sum as decimals have it, not as doubles do: 0.1 + 0.2 is 0.3. @throws Error for what is no finite number. */
export function addDecimals(a: unknown, b: unknown): number {
  return Number(textOf(sumOf(a, b)));
}

/**
 * The same, where a double holds it: 1e20 + 0.1 has more digits than one.
 * @throws Error for what is no finite number.
 */
export function addExactly(a: unknown, b: unknown): number | undefined {
  const sum = sumOf(a, b);
  const rounded = Number(textOf(sum));
  const [held, wanted] = inOneScale(decimalOf(rounded), sum);
  return held === wanted ? rounded : undefined;
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

function textOf({ digits, scale }: Decimal): string {
  return `${digits}e-${scale}`;
}

function decimalOf(value: unknown): Decimal {
  const match = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(typeof value === 'number' ? String(value) : '');
  if (match === null) throw new Error(`${String(value)} cannot be added to: it is no finite number`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}
