import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, passed, StepError, step } from './steps.ts';

/** The example with a stack and an integration test. */
const example = 'cdk-app';

/** Runs the stack of the installed example on an emulator: by its integration test, and by the command of the package. */
export async function runLocally(folder: string): Promise<void> {
  const cwd = join(folder, example);
  step(`examples/${example}: npm run test:integration`, ['npm', 'run', 'test:integration'], { cwd });
  await interruptLocal(cwd);
}

/** Runs `npx order-once local` until the stack is up, ends it as Ctrl-C does, and checks that nothing is left. */
async function interruptLocal(cwd: string): Promise<void> {
  const name = `examples/${example}: npx order-once local, until Ctrl-C`;
  const started = performance.now();
  const child = spawn('npx', ['order-once', 'local', '--outputs', 'outputs.json'], {
    cwd,
    env: environmentOf(process.execPath),
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
  const left = readdirSync(join(cwd, '.order-once/runs'));
  if (signal !== 'SIGINT' || !output.includes('Stopping') || left.length > 0)
    throw new StepError(`${name}: ended with ${signal ?? code}, and left ${left.length} folders.\n${output}`);
  const { Loyalty: outputs } = JSON.parse(readFileSync(join(cwd, 'outputs.json'), 'utf8'));
  for (const value of Object.values<string>(outputs)) {
    if (!output.includes(value)) throw new StepError(`${name} did not print ${value}.\n${output}`);
  }
  passed(name, started);
}
