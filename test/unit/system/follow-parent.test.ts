import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ownEnvironment } from '../../../system/environment.ts';
import { pythonFolder, pythonModule } from '../../../system/processes.ts';
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

test('a folder of Python code finds its own modules, runs as a program, and is killed when its parent has ended', async () => {
  // GIVEN
  const folder = mkdtempSync(join(tmpdir(), 'python-folder-'));
  writeFileSync(join(folder, 'beside.py'), 'greeting = "up"\n');
  writeFileSync(
    join(folder, '__main__.py'),
    'import time\nfrom beside import greeting\nif __name__ == "__main__":\n    print(greeting, flush=True)\ntime.sleep(1000)\n',
  );
  const { executable } = await findPython(probePath(ownEnvironment()));
  const [command, ...args] = pythonFolder(executable, folder);
  const running = spawn(command, args, { env: {}, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [said] = await once(running.stdout as Readable, 'data');
    expect(String(said)).toBe('up\n');
    // WHEN
    const exited = once(running, 'exit');
    running.stdin?.destroy();
    // THEN
    await expect(exited).resolves.toEqual([null, 'SIGKILL']);
    expect(readdirSync(folder).sort()).toEqual(['__main__.py', 'beside.py']);
  } finally {
    running.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
