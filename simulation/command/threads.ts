import { Worker } from 'node:worker_threads';
import type { Scenario } from '../scenario.ts';
import { addUp, type Failure, type Report } from './report.ts';
import type { Order } from './runner.ts';

/** Number of threads, equal to the cores of the target machine. */
const threads = 2;

const thread = new URL('./thread.mjs', import.meta.url);

/** Number of scenarios that a thread gets at once. Few, because a broken rule mostly shows in one of the first seeds. */
const portion = 2;

/**
 * Runs scenarios in threads, each with its own world.
 * @param isEnough Whether the results so far are enough, so that the rest is not run.
 */
export async function runAll(
  scenarios: readonly Scenario[],
  mutant: string | undefined,
  isEnough: (failures: readonly Failure[]) => boolean = () => false,
): Promise<Report> {
  const reports: Report[] = [];
  const failures = () => reports.flatMap((report) => report.failures);
  let next = 0;

  const work = async () => {
    if (next >= scenarios.length) return;
    const worker = new Worker(thread, { workerData: { mutant }, execArgv: [] });
    try {
      while (next < scenarios.length && !isEnough(failures())) {
        const order: Order = { scenarios: scenarios.slice(next, next + portion) };
        next += portion;
        reports.push(await answerOf(worker, order));
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  const sorted = failures().sort((a, b) => a.scenario.seed - b.scenario.seed);
  return { ...addUp(reports), failures: sorted };
}

function answerOf(worker: Worker, order: Order): Promise<Report> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', done);
      worker.off('error', failed);
    };
    const done = (report: Report) => {
      settle();
      resolve(report);
    };
    const failed = (error: Error) => {
      settle();
      reject(error);
    };
    worker.on('message', done);
    worker.on('error', failed);
    worker.postMessage(order);
  });
}
