import { argv, cpuUsage } from 'node:process';
import { pathToFileURL } from 'node:url';
import { remaining } from '../../test/support/sqs.ts';
import { answer } from '../measure/answering-process.ts';

/** A question to this process, which loads the function that its argument names, as Lambda does. */
export interface Start {
  /** The function is called once for each event. */
  readonly events: readonly unknown[];
}

export interface Started {
  /** Elapsed time of loading the module, in ms. */
  readonly loadMs: number;
  /** CPU time of loading the module, in ms. */
  readonly loadCpuMs: number;
  /** Time of each call, in ms. */
  readonly callMs: readonly number[];
}

/** The answer of a function of an event source or of an HTTP API. */
interface Answered {
  readonly batchItemFailures?: readonly unknown[];
  readonly statusCode?: number;
}

type Handler = (event: unknown, context: unknown) => Promise<Answered>;

let handler: Handler | undefined;

answer<Start, Started>(async ({ events }) => {
  const begin = performance.now();
  const before = cpuUsage();
  handler ??= ((await import(pathToFileURL(argv[2] ?? '').href)) as { handler: Handler }).handler;
  const { user, system } = cpuUsage(before);
  const loadMs = performance.now() - begin;
  const callMs: number[] = [];
  for (const event of events) {
    const called = performance.now();
    const answered = await handler(event, remaining());
    callMs.push(performance.now() - called);
    refuseFailure(answered);
  }
  return { loadMs, loadCpuMs: (user + system) / 1000, callMs };
});

/** @throws Error if a call failed, because only successful calls are timed. */
function refuseFailure({ batchItemFailures = [], statusCode = 200 }: Answered): void {
  if (batchItemFailures.length > 0 || statusCode >= 400) throw new Error(`A call of ${argv[2]} failed`);
}
