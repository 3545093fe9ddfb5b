/** At most so many digits behind the point, and none that say nothing. */
export function short(number: number, digits = 2): string {
  return String(Number(number.toFixed(digits)));
}
