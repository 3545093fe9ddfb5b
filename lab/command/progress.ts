import { SingleBar } from 'cli-progress';
import { onShutdown } from '../../system/teardown.ts';

export interface Bar {
  /** @param done The finished part of the total. */
  update(done: number): void;
  stop(): void;
}

/**
 * Shows a progress bar on the terminal; nothing if the error output is not a terminal.
 * @param total The amount of work.
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
  // Without a stop, the terminal stays without cursor and line wrap.
  const forget = onShutdown(async () => bar.stop());
  return {
    update: (done) => bar.update(Math.min(done, total)),
    stop() {
      forget();
      bar.stop();
    },
  };
}
