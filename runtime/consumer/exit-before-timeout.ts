import type { Clock } from '../../contract/clock.ts';

/**
 * How long before the end of the invocation its process exits if a handler is still pending: time for two requests to SQS
 * at once, and for loading what sends them.
 */
const exitMarginMs = 400;

/**
 * Runs `work`, but not past the last moment of its invocation: then `exit` is called, which ends the process.
 *
 * If the invocation ends while a handler is pending, Lambda freezes the process, and the next invocation resumes the stale
 * handler, to act when nobody waits for it. Once `exit` has begun, work that ends meanwhile is not answered either. The
 * answer would freeze `exit`, and the next invocation would resume it and end with it.
 *
 * @param endsAt Milliseconds since the epoch: when the invocation ends.
 */
export async function exitBeforeTimeout<Result>(
  work: () => Promise<Result>,
  endsAt: number,
  clock: Clock,
  exit: () => Promise<void>,
): Promise<Result> {
  const settled = new AbortController();
  let exiting: Promise<void> | undefined;
  void clock.sleep(endsAt - exitMarginMs - clock.now(), settled.signal).then(() => {
    if (!settled.signal.aborted) exiting = exit();
  });
  try {
    return await work();
  } finally {
    settled.abort();
    await exiting;
  }
}
