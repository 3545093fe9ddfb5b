/** What the troubled functions leave behind, for the tests to read. */

/** Of an item of `customers`: a list of what was applied, in its order. */
export const appliedAttribute = 'applied';

export interface Applied {
  readonly sequence: string;
  /** Which invocation it was, and how many messages that was given. */
  readonly invocation: string;
  readonly messages: number;
  readonly process: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The item of `orders` that says that an account's orders are refused no more. */
export function mendedKey(account: string): string {
  return `mended ${account}`;
}
