import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { ownEnvironment } from '../../../system/environment.ts';
import { pythonModule } from '../../../system/processes.ts';
import { findPython, probePath } from '../../../system/python/find-python.ts';

/** A Python module that says when it is up and does not end by itself. */
const server = ['http.server', '0', '--bind', '127.0.0.1'] as const;

let child: ChildProcess;

beforeEach(async () => {
  const { executable } = await findPython(probePath(ownEnvironment()));
  const [command, ...rest] = pythonModule(executable, ...server);
  child = spawn(command, ['-u', ...rest], { env: {}, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  await once(child.stdout as Readable, 'data');
});

afterEach(() => {
  child.kill('SIGKILL');
});

test('a Python module is killed when the process that started it has ended', async () => {
  const exited = once(child, 'exit');
  child.stdin?.destroy();
  await expect(exited).resolves.toEqual([null, 'SIGKILL']);
});

test('a Python module that was released continues, and ends like any other process', async () => {
  // GIVEN
  const exited = once(child, 'exit');
  // WHEN
  await new Promise<void>((resolve) => child.stdin?.end('.', resolve));
  const after = await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 300, 'alive'))]);
  // THEN
  expect(after).toBe('alive');
  child.kill('SIGTERM');
  await expect(exited).resolves.toEqual([null, 'SIGTERM']);
});
