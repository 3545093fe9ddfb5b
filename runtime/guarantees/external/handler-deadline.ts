import type { Clock } from '../../../contract/clock.ts';
import { DeadlineError } from '../../handler/errors.ts';

/**
 * Runs a handler under a signal that is aborted at `time` (ms since the epoch). It waits for the handler whatever that
 * makes of its signal; one that ignores it ends with its process, in the last moment of the invocation.
 */
export async function runUntil<Result>(
  time: number,
  clock: Clock,
  handle: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController();
  const settled = new AbortController();
  void clock.sleep(time - clock.now(), settled.signal).then(() => {
    if (!settled.signal.aborted) ending.abort(new DeadlineError());
  });
  try {
    return await handle(ending.signal);
  } finally {
    settled.abort();
  }
}
