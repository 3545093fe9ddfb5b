import { join } from 'node:path';
import { AnsweringProcess } from '../measure/answering-process.ts';
import { bundle } from '../measure/bundle.ts';
import { temporaryFolder } from '../measure/temporary-folder.ts';
import { environmentWith } from './calls.ts';
import { startServices } from './services.ts';
import type { Start, Started } from './start-process.ts';

/** One start in a new process. */
export interface Tried extends Started {
  /** Requests to others while it was loaded. */
  readonly initRequests: number;
  /** Opened for all of its calls. */
  readonly connections: number;
}

export interface Starter {
  /** Where bundles go; removed in the end. */
  readonly folder: string;
  /** Loads a bundle in a new process, and calls its handler with each of the events. */
  start(file: string, events: readonly unknown[]): Promise<Tried>;
  stop(): void;
}

export async function makeStarter(): Promise<Starter> {
  const folder = temporaryFolder('starts');
  const services = await startServices();
  // As plain JavaScript: what Node needs for types is not loaded with a function.
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
