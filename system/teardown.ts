import { setTimeout as delay } from 'node:timers/promises';

type Step = () => Promise<void>;

/** Time limit of all steps together, in ms. */
const boundMs = 10_000;

/** If the terminal and npm both pass on a Ctrl-C, it arrives twice. A signal after this time (ms) is a second Ctrl-C. */
const echoMs = 500;

const steps: Step[] = [];
let stopping = false;

/**
 * Registers `step` to run when the process ends early. The last registered step runs first; each runs once.
 * @returns A function that removes the step, for when it has been done normally.
 */
export function onShutdown(step: Step): () => void {
  steps.push(step);
  return () => {
    const index = steps.indexOf(step);
    if (index >= 0) steps.splice(index, 1);
  };
}

/** Whether a shutdown is running. Later errors are its consequence and need no report. */
export function isStopping(): boolean {
  return stopping;
}

/** Runs all registered steps, within the time limit. */
export async function stopAll(): Promise<void> {
  stopping = true;
  await Promise.race([runSteps(), delay(boundMs, undefined, { ref: false })]);
}

async function runSteps(): Promise<void> {
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    try {
      await step();
    } catch {
      // The next step must run anyway, and no caller is left for the error.
    }
  }
}

/**
 * From now on Ctrl-C, SIGTERM and a closed terminal stop everything that was started before the process ends by
 * that signal. A second one ends it at once: what it started sees that, and ends too.
 */
export function stopOnSignals(): void {
  // A terminal that was closed takes no output any more, and that must not keep anything from being stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = Date.now();
        void stopAll().then(() => endBy(signal));
      } else if (Date.now() - firstAt > echoMs) {
        endBy(signal);
      }
    });
  }
}

function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
