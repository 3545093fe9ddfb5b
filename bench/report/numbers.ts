/** At most so many digits behind the point, and none that say nothing. */
export function short(number: number, digits = 2): string {
  return String(Number(number.toFixed(digits)));
}

/** Without a fraction, its digits in groups of three. */
export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
