/**
 * How far the clocks of two functions may be apart, in ms. Lambda's hosts follow the Amazon Time Sync Service to
 * within milliseconds; five seconds leave room for one that lost it, and the lease of even the shortest function
 * (1 s) still ends within its visibility timeout (6 times 1 s).
 */
export const allowedClockSkew = 5000;

/**
 * How long the lease of a delivery lasts that begins with an invocation, in ms: its owner's invocation is over by
 * then, on every clock.
 *
 * @param invocation How long the invocation may take, in ms.
 */
export function longestLease(invocation: number): number {
  return invocation + allowedClockSkew;
}
