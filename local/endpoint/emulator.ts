import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { awsVariables, type Environment } from '../../system/environment.ts';
import { EndpointError } from '../../system/errors.ts';
import { type Child, pythonModule, startChild } from '../../system/processes.ts';
import { isStopping } from '../../system/teardown.ts';

/** The package on PyPI that is the emulator, and its module. */
export const emulatorPackage = 'ministack';

const host = '127.0.0.1';
const portAttempts = 5;
/** Longest start, in ms. A start takes a second, but much longer with a cold disk or on a busy machine. */
const startMs = 180_000;
const pollMs = 50;
const lastLines = 15;

export interface Emulator {
  readonly url: string;
  readonly pid: number;
  readonly log: string;
  /** Rejects if the emulator ends without being stopped. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
  /** Lets the emulator outlive this process. */
  release(): Promise<void>;
}

/**
 * Starts MiniStack on a free port of the loopback interface. It ends with this process, unless it is released.
 *
 * @param folder A folder of its own for its files and its log.
 * @param env Region and credentials for the emulator and its functions, and the PATH.
 */
export async function startEmulator(python: string, folder: string, env: Environment): Promise<Emulator> {
  const log = join(folder, 'emulator.log');
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  // The emulator writes CommonJS scripts below this folder. Without this file they would get the type "module" from
  // this repository's package.json.
  await writeFile(join(temporary, 'package.json'), '{}');

  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const url = `http://${host}:${port}`;
    const child = await launch(python, log, emulatorEnvironment(folder, temporary, port, env));
    if (await isUp(url, basename(folder), child)) return managed(url, child, log);
    await child.stop();
    const said = await readFile(log, 'utf8');
    if (!/already in use/i.test(said) || attempt === portAttempts) throw notStarted(said);
  }
}

function emulatorEnvironment(folder: string, temporary: string, port: number, env: Environment): Environment {
  return {
    ...env,
    // Functions run on the Node of this process, and do not read the user's home folder.
    PATH: [dirname(process.execPath), env.PATH].join(delimiter),
    HOME: folder,
    TMPDIR: temporary,
    STATE_DIR: join(folder, 'state'),
    S3_DATA_DIR: join(folder, 's3'),
    BIND_HOST: host,
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: env[awsVariables.region],
    // Switches off its only other port, which is fixed.
    IOT_MTLS_ENABLED: '0',
    // Its health page repeats this value, so another emulator on the same port is recognized.
    MINISTACK_EDITION: basename(folder),
  };
}

async function launch(python: string, log: string, env: Environment): Promise<Child> {
  const file = await open(log, 'w');
  try {
    return await startChild(pythonModule(python, emulatorPackage), { env, output: file.fd });
  } finally {
    await file.close();
  }
}

/** A free port that the kernel chooses. Another process may take it before the emulator does. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function isUp(url: string, id: string, child: Child): Promise<boolean> {
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + startMs;
  while (!ended && Date.now() < deadline) {
    if ((await healthId(url)) === id) return true;
    await delay(pollMs);
  }
  return false;
}

async function healthId(url: string): Promise<unknown> {
  try {
    const response = await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
    return ((await response.json()) as { edition?: unknown }).edition;
  } catch {
    return undefined;
  }
}

function managed(url: string, child: Child, log: string): Emulator {
  let wanted = true;
  const died = new Promise<never>((_, reject) => {
    void child.exited.then(async ({ code, signal }) => {
      if (!wanted || isStopping()) return;
      const said = await readFile(log, 'utf8').catch(() => '');
      reject(
        new EndpointError(
          `The local emulator ended unexpectedly (${signal ?? `exit code ${code}`}). Its last lines:\n${tail(said)}`,
        ),
      );
    });
  });
  // Callers may await `died`, but need not.
  died.catch(() => {});
  return {
    url,
    pid: child.pid,
    log,
    died,
    async stop() {
      wanted = false;
      await child.stop();
    },
    release: () => child.release(),
  };
}

function notStarted(said: string): EndpointError {
  return new EndpointError(`The local emulator did not start. Its log ends with:\n${tail(said)}`);
}

/** The last lines of a log. */
export function tail(said: string): string {
  return said.trimEnd().split('\n').slice(-lastLines).join('\n') || '(nothing)';
}
