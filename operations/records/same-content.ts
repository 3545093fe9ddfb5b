/** Whether two fingerprints of one algorithm differ. Those of different algorithms cannot be compared. */
export function haveOtherContent(one: string, other: string): boolean {
  const algorithm = (text: string) => text.slice(0, text.indexOf(':') + 1);
  return algorithm(one) === algorithm(other) && one !== other;
}
