import type { Clock } from '../../../contract/clock.ts';
import { DeadlineError } from '../../handler/errors.ts';

/**
 * Runs a handler with a signal that is aborted at `endsAt` (ms since the epoch). Waits for the handler even if it ignores
 * the signal; then the runtime ends the process shortly before the invocation ends.
 */
export async function runUntil<Result>(
  endsAt: number,
  clock: Clock,
  handle: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController();
  const settled = new AbortController();
  void clock.sleep(endsAt - clock.now(), settled.signal).then(() => {
    if (!settled.signal.aborted) ending.abort(new DeadlineError());
  });
  try {
    return await handle(ending.signal);
  } finally {
    settled.abort();
  }
}
