/**
 * The two ways to handle poison (a permanent error, a conflict, or used-up attempts):
 * - `quarantine`: a copy goes to the dead-letter queue, and the group goes on;
 * - `block`: the event stays in its queue and its group waits behind it, in order, until a deployment fixes it or an operator
 *   skips it.
 */
export const poisonPolicies = ['quarantine', 'block'] as const;
export type OnPoison = (typeof poisonPolicies)[number];
