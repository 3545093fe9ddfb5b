import { join } from 'node:path';
import { AnsweringProcess } from '../measure/answering-process.ts';
import { bundle } from '../measure/bundle.ts';
import { temporaryFolder } from '../measure/temporary-folder.ts';
import { environmentWith } from './calls.ts';
import { startServices } from './services.ts';
import type { Start, Started } from './start-process.ts';

/** One start in a new process. */
export interface Tried extends Started {
  /** Number of requests while the function was loaded. */
  readonly initRequests: number;
  /** Number of connections that its calls opened. */
  readonly connections: number;
}

export interface Starter {
  /** Folder for bundles. `stop` removes it. */
  readonly folder: string;
  /** Loads a bundle in a new process, and calls its handler with each event. */
  start(file: string, events: readonly unknown[]): Promise<Tried>;
  stop(): void;
}

export async function makeStarter(): Promise<Starter> {
  const folder = temporaryFolder('starts');
  const services = await startServices();
  // Plain JavaScript, because a deployed function loads no TypeScript loader either.
  const { file: loader } = bundle(
    join(import.meta.dirname, 'start-process.ts'),
    join(folder.path, 'start.mjs'),
  );
  return {
    folder: folder.path,
    start: async (file, events) => {
      const starting = new AnsweringProcess<Start, Started>({
        file: loader,
        args: [file],
        environment: environmentWith(services.endpoint),
      });
      try {
        services.take();
        const loaded = await starting.ask({ events: [] });
        const { requests: initRequests } = services.take();
        const { callMs } = await starting.ask({ events });
        return { ...loaded, callMs, initRequests, connections: services.take().connections };
      } finally {
        starting.stop();
      }
    },
    stop: () => {
      services.stop();
      folder.remove();
    },
  };
}
