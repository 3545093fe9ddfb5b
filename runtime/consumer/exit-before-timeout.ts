import type { Clock } from '../../contract/clock.ts';

/**
 * How long before the end of the invocation a handler that is still pending is ended, in ms: time for two requests to
 * SQS at once, and for loading what sends them.
 */
const before = 400;

/**
 * Waits for work, but not past the last moment of its invocation: then `end` is called, which ends the process. An
 * invocation that is over leaves its process frozen, with whatever is pending, and the next one thaws it: a handler
 * that ignored its signal would go on, to act when nobody waits for it. Once the end has begun, work that is done
 * meanwhile is not answered either: the answer would freeze the end, and the next invocation thaw it, to die of it.
 *
 * @param invocationEnd Milliseconds since the epoch.
 */
export async function exitBeforeTimeout<Result>(
  work: Promise<Result>,
  invocationEnd: number,
  clock: Clock,
  end: () => Promise<void>,
): Promise<Result> {
  const settled = new AbortController();
  let ending: Promise<void> | undefined;
  void clock.sleep(invocationEnd - before - clock.now(), settled.signal).then(() => {
    if (!settled.signal.aborted) ending = end();
  });
  try {
    return await work;
  } finally {
    settled.abort();
    await ending;
  }
}
