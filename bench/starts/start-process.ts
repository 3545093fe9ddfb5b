import { argv, cpuUsage } from 'node:process';
import { pathToFileURL } from 'node:url';
import { remaining } from '../../test/support/sqs.ts';
import { answer } from '../measure/answering-process.ts';

/** Loads a function, its argument, as Lambda does, and calls it once for each of these. */
export interface Start {
  readonly events: readonly unknown[];
}

export interface Started {
  /** Until its module was loaded, in ms. */
  readonly loadMs: number;
  /** Of the processor, in ms. */
  readonly loadCpuMs: number;
  /** Until each call was answered, in ms. */
  readonly callMs: readonly number[];
}

/** What an event source's and an HTTP API's functions answer. */
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

/** @throws Error where a call failed: its time is another one's. */
function refuseFailure({ batchItemFailures = [], statusCode = 200 }: Answered): void {
  if (batchItemFailures.length > 0 || statusCode >= 400) throw new Error(`${argv[2]} failed at a call`);
}
