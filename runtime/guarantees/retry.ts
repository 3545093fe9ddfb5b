import type { Clock } from '../../contract/clock.ts';
import type { Random } from '../../contract/random.ts';
import { StoreBusyError } from '../errors.ts';

/** Backoff between tries of one step, in ms: full jitter, doubling from `base` to `cap`. */
const backoff = { base: 25, cap: 1000 };

export interface Budget {
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds since the epoch: no new try begins after it. */
  readonly deadline: number;
}

/**
 * Waits before another try.
 * @param tries How often it was tried before: 0 after the first try.
 * @throws StoreBusyError where the wait would pass the deadline.
 */
export async function pause(
  tries: number,
  cause: unknown,
  { clock, random, deadline }: Budget,
): Promise<void> {
  const delay = random.next() * Math.min(backoff.cap, backoff.base * 2 ** tries);
  if (clock.now() + delay > deadline) throw new StoreBusyError(cause);
  await clock.sleep(delay);
}

/**
 * Repeats a step until the store says something. The first try is made whatever the time: it may be the one that
 * records an effect that has happened. A step that rejects may have happened too, so every step that is repeated
 * here recognises its own earlier write.
 */
export async function untilAnswered<Answer extends { readonly kind: string }>(
  step: () => Promise<Answer>,
  budget: Budget,
): Promise<Exclude<Answer, { readonly kind: 'contended' }>> {
  for (let tries = 0; ; tries++) {
    const answer = await step().catch((cause: unknown) => ({ kind: 'contended' as const, cause }));
    if (answer.kind !== 'contended') {
      return answer as Exclude<Answer, { readonly kind: 'contended' }>;
    }
    await pause(tries, 'cause' in answer ? answer.cause : undefined, budget);
  }
}
