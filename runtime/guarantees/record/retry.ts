import type { Clock } from '../../../contract/clock.ts';
import type { Random } from '../../../contract/random.ts';
import { StoreBusyError } from '../../handler/errors.ts';

/** Backoff between tries of one step, in ms: full jitter, doubling from `baseMs` to `capMs`. */
const backoff = { baseMs: 25, capMs: 1000 };

export interface Budget {
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds since the epoch: no new try starts after it. */
  readonly deadlineAt: number;
}

/**
 * Waits before another try. `GiveUp` in spec/OrderOnce.tla.
 * @param tries Number of earlier tries: 0 after the first try.
 * @throws StoreBusyError if the wait would pass the deadline.
 */
export async function pause(
  tries: number,
  cause: unknown,
  { clock, random, deadlineAt }: Budget,
): Promise<void> {
  const delayMs = random.next() * Math.min(backoff.capMs, backoff.baseMs * 2 ** tries);
  if (clock.now() + delayMs > deadlineAt) throw new StoreBusyError(cause);
  await clock.sleep(delayMs);
}

/**
 * Repeats a step while the store is contended. The first try is made whatever the time: it may be the one that records
 * an effect that has happened. A contended step may have happened too, so every step that is repeated here recognises
 * its own earlier write.
 *
 * @throws StoreBusyError at the deadline; at once whatever the step throws, since the store says that this stays so.
 */
export async function retryContended<Answer extends { readonly kind: string }>(
  step: () => Promise<Answer>,
  budget: Budget,
): Promise<Exclude<Answer, { readonly kind: 'contended' }>> {
  for (let tries = 0; ; tries++) {
    const answer = await step();
    if (answer.kind !== 'contended') return answer as Exclude<Answer, { readonly kind: 'contended' }>;
    await pause(tries, 'cause' in answer ? answer.cause : undefined, budget);
  }
}

/**
 * The same for a step that records what may have happened, whatever it throws: if it fails, at-least-once calls again
 * and at-most-once asks an operator, so it is worth the rest of the invocation.
 *
 * @throws StoreBusyError at the deadline.
 */
export async function retryAlways<Answer extends { readonly kind: string }>(
  step: () => Promise<Answer>,
  budget: Budget,
): Promise<Exclude<Answer, { readonly kind: 'contended' }>> {
  const decided = async () => {
    try {
      return await step();
    } catch (cause) {
      return { kind: 'contended' as const, cause };
    }
  };
  return (await retryContended<Answer | { readonly kind: 'contended' }>(decided, budget)) as Exclude<
    Answer,
    { readonly kind: 'contended' }
  >;
}
