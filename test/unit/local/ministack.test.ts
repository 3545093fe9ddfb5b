import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RunningEmulator } from '../../../local/endpoint/emulator.ts';
import { startMiniStack } from '../../../local/ministack/start-ministack.ts';

let folder: string;
let emulator: RunningEmulator | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'emulator-'));
});

afterEach(async () => {
  await emulator?.stop();
  emulator = undefined;
  rmSync(folder, { recursive: true });
});

async function start(...modes: string[]): Promise<RunningEmulator> {
  emulator = await startMiniStack(join(__dirname, 'programs', 'ministack.mjs'), folder, {
    PATH: '/bin',
    AWS_REGION: 'eu-west-1',
    MODES: modes.join(','),
  });
  return emulator;
}

async function health(url: string): Promise<{ env: Record<string, string> }> {
  return (await (await fetch(url)).json()) as { env: Record<string, string> };
}

describe('startMiniStack', () => {
  test("starts the emulator on the loopback interface, with its own folder and this Node, without the user's environment", async () => {
    // WHEN
    const { url } = await start('good');
    // THEN
    const { env } = await health(url);
    expect(env).toMatchObject({
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: new URL(url).port,
      MINISTACK_REGION: 'eu-west-1',
      MINISTACK_EDITION: basename(folder),
      PATH: `${dirname(process.execPath)}:/bin`,
    });
    for (const name of ['HOME', 'TMPDIR', 'STATE_DIR', 'S3_DATA_DIR'] as const) {
      expect(env[name]).toMatch(new RegExp(`^${folder}`));
    }
    expect(env).not.toHaveProperty('JEST_WORKER_ID');
  });

  test('makes Node load the scripts that run functions as CommonJS, wherever the folder is', async () => {
    const { url } = await start('good');
    const { env } = await health(url);
    expect(readFileSync(join(env.TMPDIR ?? '', 'package.json'), 'utf8')).toBe('{}');
  });

  test('takes another port if the first one is in use', async () => {
    await start('port taken', 'port taken', 'good');
    expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('...');
  });

  test('does not mistake another emulator on its port for its own', async () => {
    // GIVEN a first start on whose port another one answers until ours gives up
    const { url } = await start('mistaken', 'good');
    // THEN
    expect((await health(url)).env.MINISTACK_EDITION).toBe(basename(folder));
    expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('..');
  });

  test('fails if no port is free', async () => {
    await expect(start(...Array<string>(9).fill('port taken'))).rejects.toMatchObject({
      code: 'ENDPOINT',
      message: expect.stringContaining('Address already in use'),
    });
  });

  test('fails with the end of the log if the emulator ends during its start, without another try', async () => {
    await expect(start('broken', 'good')).rejects.toThrow(/did not start.*\none\ntwo\nModuleNotFoundError/);
    expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('.');
  });
});

describe('died', () => {
  test('rejects with the end of the log if the emulator ends by itself', async () => {
    const { died, url } = await start('short-lived');
    await fetch(`${url}/queues`).catch(() => undefined);
    await expect(died).rejects.toThrow(/ended unexpectedly \(exit code 3\)[\s\S]*MemoryError/);
  });

  test('stays pending if the emulator was stopped', async () => {
    // GIVEN
    const { died, stop, url } = await start('good');
    // WHEN
    await stop();
    // THEN
    await expect(fetch(url)).rejects.toThrow();
    const silent = new Promise((resolve) => setTimeout(resolve, 200, 'silent'));
    await expect(Promise.race([died, silent])).resolves.toBe('silent');
    expect(existsSync(join(folder, 'emulator.log'))).toBe(true);
  });
});
