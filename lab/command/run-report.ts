import type { RunResult } from '../verify/run-result.ts';
import type { StartOptions } from './options.ts';

/** The report that `npm start` prints, and writes to the file of `--json`. */
export interface RunReport extends RunResult {
  readonly seed: number;
  /** The options of the run. */
  readonly options: Omit<StartOptions, 'seed' | 'events' | 'keep' | 'json'>;
  /** How long each step took. */
  readonly seconds: Readonly<Record<'setup' | 'deploy' | 'publish' | 'drain' | 'verify', number>>;
}
