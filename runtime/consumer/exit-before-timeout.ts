import type { Clock } from '../../contract/clock.ts';

/**
 * If a handler is still pending, the process exits this long before the end of the invocation. That leaves time for
 * loading the SQS client and for two requests at once.
 */
const exitMarginMs = 400;

/**
 * Runs `work`. If it is still pending shortly before the invocation ends, calls `exit`, which ends the process.
 *
 * If the invocation ended while a handler is pending, Lambda would freeze the process, and the next invocation would
 * resume the stale handler. After `exit` has started, the function does not return even if `work` finishes: Lambda
 * would freeze `exit`, and the next invocation would resume it and end.
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
