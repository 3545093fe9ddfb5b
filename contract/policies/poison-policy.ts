/**
 * The two ways to handle poison, which is an event with a permanent error, a conflict, or an event whose attempts are used
 * up:
 * - `quarantine`: the runtime copies the event to the dead-letter queue, and its group continues;
 * - `block`: the event stays in the source queue, and its group waits behind it, in order, until a deployment fixes the
 *   event or an operator skips it.
 */
export const poisonPolicies = ['quarantine', 'block'] as const;
export type OnPoison = (typeof poisonPolicies)[number];
