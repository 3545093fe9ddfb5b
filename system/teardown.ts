import { setTimeout as delay } from 'node:timers/promises';

type Step = () => Promise<void>;

/** In what all steps together must end, whatever hangs. */
const boundMs = 10_000;

/** One Ctrl-C reaches us twice where the terminal and npm both pass it on; what comes later is a second one. */
const echoMs = 500;

const steps: Step[] = [];
let stopping = false;

/**
 * Has `step` run when the process is to end early. The last one registered runs first, each once.
 * @returns A function that forgets the step, for when it was done in the ordinary course.
 */
export function onShutdown(step: Step): () => void {
  steps.push(step);
  return () => {
    const index = steps.indexOf(step);
    if (index >= 0) steps.splice(index, 1);
  };
}

/** Whether everything is being stopped: what fails from then on fails because of that, and is nothing to report. */
export function isStopping(): boolean {
  return stopping;
}

/** Stops everything that was started, in a bounded time. */
export async function stopAll(): Promise<void> {
  stopping = true;
  await Promise.race([runSteps(), delay(boundMs, undefined, { ref: false })]);
}

async function runSteps(): Promise<void> {
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    try {
      await step();
    } catch {
      // The next step must run all the same, and nobody is left to tell.
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
