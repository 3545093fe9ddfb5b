/** Rounds to at most `digits` decimals, without zeros at the end: `short(1.204)` is `1.2`. */
export function short(number: number, digits = 2): string {
  return String(Number(number.toFixed(digits)));
}

/** Rounds to a whole number, with commas: `12,345`. */
export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
