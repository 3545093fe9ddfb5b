import { SingleBar } from 'cli-progress';
import { onShutdown } from '../system/teardown.ts';

export interface Bar {
  /** @param done How much of the total is done. */
  update(done: number): void;
  stop(): void;
}

/**
 * A progress bar on the terminal; nothing where the error output is no terminal.
 * @param total How much there is to do.
 */
export function startBar(label: string, total: number): Bar {
  if (!process.stderr.isTTY || total === 0) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: `${label.padEnd(16)} {bar} {value}/{total}`,
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    stream: process.stderr,
  });
  bar.start(total, 0);
  // A bar that is not stopped leaves the terminal without cursor and line wrap.
  const forget = onShutdown(async () => bar.stop());
  return {
    update: (done) => bar.update(Math.min(done, total)),
    stop() {
      forget();
      bar.stop();
    },
  };
}
