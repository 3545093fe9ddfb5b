/**
 * What becomes of an event that is poison (a permanent error, a conflict, its attempts used up):
 * - `quarantine`: a copy goes to the dead-letter queue, and its group goes on;
 * - `block`: it stays in its queue and its group waits behind it, in order, until a deployment heals it or an operator
 *   skips it.
 */
export const poisonPolicies = ['quarantine', 'block'] as const;
export type OnPoison = (typeof poisonPolicies)[number];
