import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environmentOf, passed, StepError, step } from './steps.ts';

/** The folder for caches, where the package leaves its files: beside the projects, and not that of this user. */
function cachesIn(folder: string) {
  return { XDG_CACHE_HOME: join(folder, 'caches') };
}

/** Runs the integration test of an installed example on an emulator. */
export function runIntegrationTest(name: string, folder: string): void {
  step(`examples/${name}: npm run test:integration`, ['npm', 'run', 'test:integration'], {
    cwd: join(folder, name),
    env: cachesIn(folder),
  });
}

/**
 * Runs `npx order-once local` in a project until its stack is up, ends it as Ctrl-C does, and checks that nothing is left.
 * @param stackName Name of the project's stack, which has no outputs.
 */
export async function interruptLocal(project: string, stackName: string): Promise<void> {
  const name = 'npx order-once local, until Ctrl-C';
  const started = performance.now();
  const caches = cachesIn(dirname(project));
  const child = spawn('npx', ['order-once', 'local', '--outputs', 'outputs.json'], {
    cwd: project,
    env: { ...environmentOf(process.execPath), ...caches },
    // A terminal sends Ctrl-C to the whole process group: to npx, and to the command.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (String(chunk).includes('Ctrl-C stops it')) process.kill(-Number(child.pid), 'SIGINT');
    });
  }
  const [code, signal] = await once(child, 'close');
  const left = readdirSync(join(caches.XDG_CACHE_HOME, 'order-once/runs'));
  if (signal !== 'SIGINT' || !output.includes('Stopping') || left.length > 0)
    throw new StepError(`${name}: ended with ${signal ?? code}, and left ${left.length} folders.\n${output}`);
  const outputs = readFileSync(join(project, 'outputs.json'), 'utf8');
  if (!output.includes(`${stackName} has no outputs`) || JSON.parse(outputs)[stackName] === undefined)
    throw new StepError(`${name}: it did not say what it deployed.\n${output}${outputs}`);
  passed(name, started);
}
