import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeScript, runChild, startChild } from '../../../system/processes.ts';
import { sourceLoader } from '../../../system/source-loader.ts';

const programs = join(__dirname, 'programs');
const output = openSync(devNull, 'w');

let folder: string;
let report: string;
let parents: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'processes-'));
  report = join(folder, 'pids');
  parents = [];
});

afterEach(async () => {
  for (const parent of parents) parent.kill('SIGKILL');
  for (const pid of existsSync(report) ? await reported() : [])
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

/** In ms: before jest's own limit, which would name no condition. What is not so until then never is. */
const longest = 600_000;

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + longest;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Still not so after ${longest} ms: ${condition}`);
    await delay(20);
  }
}

/** The child and the child's own child, once both have started. */
async function reported(): Promise<[number, number]> {
  await until(() => existsSync(report) && readFileSync(report, 'utf8').includes(' '));
  return readFileSync(report, 'utf8').split(' ').map(Number) as [number, number];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that nobody has waited for yet is there, and dead.
    return !/^State:\tZ/m.test(existsSync('/proc') ? readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
}

/** A process that starts a child through system/processes.ts. */
function parent(mode: string): { process: ChildProcess; said: () => string } {
  const started = spawn(process.execPath, [...sourceLoader, join(programs, 'parent.ts'), report, mode]);
  parents.push(started);
  let said = '';
  started.stdout.on('data', (chunk) => {
    said += chunk;
  });
  return { process: started, said: () => said };
}

describe('a child', () => {
  test('and its own children end when the parent is killed', async () => {
    // GIVEN
    const { process: killed } = parent('stay');
    const pids = await reported();
    // WHEN
    killed.kill('SIGKILL');
    // THEN
    await until(() => !pids.some(isAlive));
  });

  test('that was released outlives its parent', async () => {
    // GIVEN
    const { process: ending } = parent('release');
    const ended = once(ending, 'exit');
    const pids = await reported();
    // WHEN
    await ended;
    await delay(300);
    // THEN
    expect(pids.map(isAlive)).toEqual([true, true]);
  });

  test('does not get the Ctrl-C of its parent, because it has its own process group', async () => {
    // GIVEN
    const child = await startChild(nodeScript(join(programs, 'child.mjs'), report), { env: {}, output });
    await reported();
    // WHEN a signal goes to its whole group
    process.kill(-child.pid, 'SIGINT');
    // THEN the child is gone, and this process is here to see it
    await expect(child.exited).resolves.toEqual({ code: null, signal: 'SIGINT' });
  });

  test('that ends by itself leaves none of its children running', async () => {
    // GIVEN
    const child = await startChild(nodeScript(join(programs, 'child.mjs'), report), { env: {}, output });
    const [own, grandchild] = await reported();
    // WHEN
    process.kill(own, 'SIGKILL');
    await child.exited;
    // THEN
    await until(() => !isAlive(grandchild));
  });

  test('that ignores SIGTERM is killed with its children', async () => {
    // GIVEN
    const command = nodeScript(join(programs, 'child.mjs'), report, 'ignore');
    const child = await startChild(command, { env: {}, output });
    const pids = await reported();
    // WHEN
    await Promise.all([child.stop(), child.stop()]);
    // THEN
    await until(() => !pids.some(isAlive));
  });

  test('is stopped when the promise gone rejects', async () => {
    // GIVEN
    const gone = reported().then(() => {
      throw new Error('The endpoint ended');
    });
    // WHEN
    const run = runChild(nodeScript(join(programs, 'child.mjs'), report), { env: {}, gone });
    // THEN
    await expect(run).rejects.toThrow('The endpoint ended');
    const pids = await reported();
    await until(() => !pids.some(isAlive));
  });

  test('has its output collected, from both streams', async () => {
    const script = join(folder, 'say.cjs');
    writeFileSync(script, 'console.log("out"); console.error("err"); process.exit(3)');
    await expect(runChild(nodeScript(script), { env: {} })).resolves.toMatchObject({
      code: 3,
      output: expect.stringMatching(/^(out\nerr|err\nout)\n$/),
    });
  });
});

describe('stopOnSignals', () => {
  test.each([
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
  ] as const)('%s stops the children, then ends the process', async (signal) => {
    // GIVEN
    const { process: stopped, said } = parent('signals');
    const pids = await reported();
    // WHEN
    stopped.kill(signal);
    // THEN the steps ran in the opposite order of their registration, once, and the process ended by the signal
    await expect(once(stopped, 'close')).resolves.toEqual([null, signal]);
    expect(said()).toBe('child ended, first registered, ');
    await until(() => !pids.some(isAlive));
  });

  test('a second Ctrl-C ends a process that hangs while stopping at once, with its children', async () => {
    // GIVEN
    const { process: hanging, said } = parent('hanging');
    const pids = await reported();
    hanging.kill('SIGINT');
    await until(() => said() === 'hanging, ');
    // WHEN a second one comes, too late for an echo
    await delay(700);
    expect(isAlive(hanging.pid ?? 0)).toBe(true);
    const second = Date.now();
    hanging.kill('SIGINT');
    // THEN
    await expect(once(hanging, 'close')).resolves.toEqual([null, 'SIGINT']);
    // AND not because stopping was given up, which is after 10 s
    expect(Date.now() - second).toBeLessThan(9000);
    await until(() => !pids.some(isAlive));
  });

  test('two signals of one Ctrl-C do not count as a second one', async () => {
    // GIVEN
    const { process: stopped, said } = parent('signals');
    await reported();
    // WHEN
    stopped.kill('SIGINT');
    stopped.kill('SIGINT');
    // THEN
    await once(stopped, 'close');
    expect(said()).toBe('child ended, first registered, ');
  });
});
