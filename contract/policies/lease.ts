/**
 * Allowed clock skew between two functions, 5,000 ms. Lambda's hosts are synchronized to milliseconds (Amazon Time Sync
 * Service); this covers a host that lost synchronization. The lease of even the shortest function (1 s) still ends within its
 * visibility timeout (6 times 1 s).
 */
export const allowedClockSkewMs = 5000;

/**
 * Length of a lease that starts with an invocation, in ms. At its end the owner's invocation is over on every clock.
 *
 * @param invocationMs Longest duration of the invocation, in ms.
 */
export function longestLeaseMs(invocationMs: number): number {
  return invocationMs + allowedClockSkewMs;
}
