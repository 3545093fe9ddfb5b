import { availableParallelism, cpus, totalmem } from 'node:os';
import { arch, version } from 'node:process';
import type { Row } from './row.ts';

/** The content of the file that `npm run bench -- --json FILE` writes. */
export interface Results {
  readonly rows: readonly Row[];
  /** Processor, memory and Node version of the machine. */
  readonly machine: string;
}

export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores of ${model} (${arch}), ${gib} GiB, Node.js ${version.slice(1)}`;
}
