import { Worker } from 'node:worker_threads';
import type { Scenario } from '../scenario.ts';
import type { Failure, Order, Report } from './runner.ts';

/** Threads that run seeds; more than these cores the target machine does not have. */
const threads = 2;

const thread = new URL('./thread.mjs', import.meta.url);

/** Scenarios that a thread is given at once. */
const portion = 25;

export interface Total extends Omit<Report, 'failures'> {
  readonly failures: readonly Failure[];
}

/**
 * Runs scenarios in threads, each with its own world.
 * @param isEnough Whether what is known by now is enough; the rest is not run.
 */
export async function runAll(
  scenarios: readonly Scenario[],
  mutant: string | undefined,
  isEnough: (failures: readonly Failure[]) => boolean = () => false,
): Promise<Total> {
  const struck: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  const known: Record<string, number> = {};
  const failures: Failure[] = [];
  let runs = 0;
  let deliveries = 0;
  let steps = 0;
  let next = 0;

  const work = async () => {
    if (next >= scenarios.length) return;
    const worker = new Worker(thread, { workerData: { mutant }, execArgv: [] });
    try {
      while (next < scenarios.length && !isEnough(failures)) {
        const order: Order = { scenarios: scenarios.slice(next, next + portion) };
        next += portion;
        const report = await answerOf(worker, order);
        runs += report.runs;
        deliveries += report.deliveries;
        steps += report.steps;
        add(struck, report.struck);
        add(outcomes, report.outcomes);
        add(known, report.known);
        failures.push(...report.failures);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  failures.sort((a, b) => a.scenario.seed - b.scenario.seed);
  return { runs, deliveries, steps, struck, outcomes, known, failures };
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

function add(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}
