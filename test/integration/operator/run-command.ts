import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ownEnvironment, withoutAws } from '../../../system/environment.ts';
import { repository } from '../../../system/folders.ts';
import { connection } from '../support.ts';

export interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

const { stackName, environment } = connection.operated;

/** Starts `npx order-once` with some arguments, for the stack of the operator's tests, in a process of its own. */
export function start(...args: readonly string[]): ChildProcess {
  const main = join(repository, 'cli/main.ts');
  const env = { ...withoutAws(ownEnvironment()), COLUMNS: '80', ...environment };
  return spawn(process.execPath, ['--import', 'tsx', main, ...args, '--stack', stackName], {
    cwd: repository,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a command to its end. */
export async function run(...args: readonly string[]): Promise<Ran> {
  return await ended(start(...args));
}

export async function ended(child: ChildProcess): Promise<Ran> {
  const written = { output: '', errors: '' };
  child.stdout?.on('data', (text) => (written.output += text));
  child.stderr?.on('data', (text) => (written.errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...written };
}
