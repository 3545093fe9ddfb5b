import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RunningEmulator } from '../../../local/endpoint/emulator.ts';
import { missing } from '../../../local/localstack/install-localstack.ts';
import { localstack } from '../../../local/localstack/localstack.ts';
import { readServeOptions } from '../../../local/localstack/serve-options.ts';
import { startLocalStack } from '../../../local/localstack/start-localstack.ts';
import { ToolError } from '../../../system/errors.ts';

let folder: string;
let emulator: RunningEmulator | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'localstack-'));
});

afterEach(async () => {
  await emulator?.stop();
  emulator = undefined;
  rmSync(folder, { recursive: true });
});

async function start(port?: number): Promise<RunningEmulator> {
  const python = join(__dirname, 'programs', 'localstack.mjs');
  const environment = { PATH: '/bin', LANG: 'C.UTF-8', AWS_REGION: 'eu-west-1' };
  emulator = await startLocalStack({ python, jars: '/jars', javaHome: '/java' }, folder, environment, port);
  return emulator;
}

async function health(url: string): Promise<{ env: Record<string, string>; argv: string[] }> {
  return (await (await fetch(`${url}/_localstack/health`)).json()) as never;
}

describe('startLocalStack', () => {
  it('runs LocalStack on the loopback interface, with this Node and without AWS settings', async () => {
    // WHEN
    const { url } = await start();
    // THEN
    const { env, argv } = await health(url);
    const { host } = new URL(url);
    expect(argv.slice(2)).toEqual([
      '-I',
      '-B',
      expect.stringMatching(/follow-parent\.py$/),
      expect.stringMatching(/local\/localstack\/python$/),
    ]);
    expect(env).toMatchObject({
      GATEWAY_LISTEN: `[::ffff:127.0.0.1]:${new URL(url).port}`,
      LOCALSTACK_HOST: host,
      FUNCTIONS_NODE: process.execPath,
      PATH: `${dirname(process.execPath)}:/bin`,
      DYNAMODB_LOCAL_JARS: '/jars',
      JAVA_HOME: '/java',
      LANG: 'C.UTF-8',
    });
    for (const name of ['HOME', 'TMPDIR', 'FILESYSTEM_ROOT'] as const)
      expect(env[name]).toMatch(new RegExp(`^${folder}`));
    expect(Object.keys(env).filter((name) => name.startsWith('AWS_'))).toEqual([]);
    expect(env).not.toHaveProperty('JEST_WORKER_ID');
  });

  it('makes Node load the .js files of functions as what they say themselves', async () => {
    await start();
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('{}');
  });

  it('recognizes its own LocalStack by an edition of the name of its folder', async () => {
    const { url } = await start();
    expect(await health(url)).toMatchObject({ edition: basename(folder) });
  });

  it('fails with the port and what to do if the wanted port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      await expect(start(port)).rejects.toMatchObject({
        code: 'ENDPOINT',
        message: `Port ${port} cannot be used (EADDRINUSE): stop the program that listens there, or choose another port`,
      });
    } finally {
      other.close();
    }
  });
});

describe('localstack', () => {
  it.each([
    ['true', true],
    ['false', false],
  ])('runs functions in containers if its page about itself says is_docker %s', async (isDocker, expected) => {
    const server = createServer(({ url }, response) =>
      response.writeHead(url === '/_localstack/info' ? 200 : 404).end(`{ "is_docker": ${isDocker} }`),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await localstack.runsInContainers?.(`http://127.0.0.1:${port}`)).toBe(expected);
    } finally {
      server.close();
    }
  });
});

describe('the error about missing programs', () => {
  const found = { status: 'fulfilled', value: {} } as const;
  const lacking = (message: string) => ({ status: 'rejected', reason: new ToolError(message) }) as const;

  it('is the error about the program if one is missing', () => {
    expect(missing([found, lacking('No Java'), found])).toMatchObject({ code: 'TOOL', message: 'No Java' });
  });

  it('lists every program if several are missing', () => {
    expect(missing([lacking('No Python'), found, lacking('No Maven')])).toMatchObject({
      code: 'TOOL',
      message: 'LocalStack without Docker needs other programs:\n- No Python\n- No Maven',
    });
  });
});

describe('readServeOptions', () => {
  it("takes LocalStack's usual port by default", () => {
    expect(readServeOptions([])).toEqual({ port: 4566 });
    expect(readServeOptions(['--port', '4600'])).toEqual({ port: 4600 });
  });

  it.each(['0', '-1', '65536', 'x', ''])('refuses "%s" as a port, with the valid values', (port) => {
    expect(() => readServeOptions(['--port', port])).toThrow(
      /^--port is ".*": it takes a whole number from 1 to 65535/,
    );
  });
});
