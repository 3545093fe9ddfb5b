import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../system/folders.ts';
import { sourceLoader } from '../../system/source-loader.ts';

/** Starts what `npm start` starts. */
export function launch(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [...sourceLoader, 'lab/command/start.ts', ...args], {
    cwd: repository,
    // biome-ignore lint/style/noProcessEnv: the command gets the environment that a user's shell would give it.
    env: { ...process.env, ...environment },
  });
}

/** Waits until a process ends. `output` is what it wrote to both streams. */
export async function finish(child: ChildProcess) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const [code, signal] = await once(child, 'close');
  return { code, signal, output };
}

/** A folder of the test file's own, which is removed after its last test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-once-start-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs `npm start` to its end. `result` is what it wrote to the file that `--json` named, in `folder`. */
export async function start(folder: string, args: readonly string[]) {
  const json = join(folder, 'result.json');
  // Otherwise a run that writes nothing would be judged by the result of the run before it.
  rmSync(json, { force: true });
  const { code, output } = await finish(launch([...args, '--json', json]));
  return { code, output, result: JSON.parse(readFileSync(json, 'utf8')) };
}
