/** The sum as decimals have it, not as doubles do: 0.1 + 0.2 is 0.3. @throws Error for what is no finite number. */
export function addDecimals(a: unknown, b: unknown): number {
  const [first, second] = [decimalOf(a), decimalOf(b)];
  const scale = Math.max(first.scale, second.scale);
  const sum =
    first.digits * 10n ** BigInt(scale - first.scale) + second.digits * 10n ** BigInt(scale - second.scale);
  return Number(`${sum}e-${scale}`);
}

function decimalOf(value: unknown): { digits: bigint; scale: number } {
  const match = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(typeof value === 'number' ? String(value) : '');
  if (match === null) throw new Error(`${String(value)} cannot be added to: it is no finite number`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}
