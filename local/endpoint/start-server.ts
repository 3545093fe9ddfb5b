import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../../system/environment.ts';
import { EndpointError } from '../../system/errors.ts';
import { type Child, type Command, startChild } from '../../system/processes.ts';
import { isStopping } from '../../system/teardown.ts';
import type { RunningEmulator } from './emulator.ts';

/** The address of every server on this machine: the loopback interface. */
export const host = '127.0.0.1';

const portAttempts = 5;
/** Longest start, in ms. A start takes seconds, but much longer with a cold disk or on a busy machine. */
const startMs = 180_000;
const pollMs = 50;
const lastLines = 15;

export interface ServerProgram {
  /** Name for messages. */
  readonly title: string;
  readonly command: Command;
  /** Path of its log, which is overwritten. */
  readonly log: string;
  /** Its environment on a port. */
  environment(port: number): Environment;
  /** Whether this very server answers at a URL, and is ready. */
  isUp(url: string): Promise<boolean>;
  /** Port to use. @default - a free one */
  readonly port?: number;
}

/**
 * Starts an emulator on the loopback interface, and waits until it is ready. It ends with this process, unless it is released.
 *
 * @throws EndpointError with the end of its log if it does not start, or if its port is in use. It is not left running then.
 */
export async function startServer(program: ServerProgram): Promise<RunningEmulator> {
  const { log, title } = program;
  for (let attempt = 1; ; attempt++) {
    const port = await findPort(program.port);
    const url = `http://${host}:${port}`;
    const child = await launch(program, port);
    if (await isReady(program, url, child)) return running(program, url, child);
    await child.stop();
    const said = await readFile(log, 'utf8');
    if (!/already in use/i.test(said) || program.port !== undefined || attempt === portAttempts)
      throw new EndpointError(`${title} did not start. Its log ends with:\n${tail(said)}`);
  }
}

async function launch({ command, log, environment }: ServerProgram, port: number): Promise<Child> {
  const file = await open(log, 'w');
  try {
    return await startChild(command, { env: environment(port), output: file.fd });
  } finally {
    await file.close();
  }
}

/**
 * Returns `wanted`, or by default a free port that the kernel chooses. Another process may take it before the emulator does.
 * @throws EndpointError if the wanted port is in use
 */
export async function findPort(wanted = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(wanted, host, resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    throw new EndpointError(
      `Port ${wanted} cannot be used (${cause.code}): stop the program that listens there, or choose another port`,
      { cause },
    );
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function isReady({ isUp }: ServerProgram, url: string, child: Child): Promise<boolean> {
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + startMs;
  while (!ended && Date.now() < deadline) {
    if (await isUp(url)) return true;
    await delay(pollMs);
  }
  return false;
}

function running({ title, log }: ServerProgram, url: string, child: Child): RunningEmulator {
  let wanted = true;
  const died = new Promise<never>((_, reject) => {
    void child.exited.then(async ({ code, signal }) => {
      if (!wanted || isStopping()) return;
      const said = await readFile(log, 'utf8').catch(() => '');
      reject(
        new EndpointError(
          `${title} ended unexpectedly (${signal ?? `exit code ${code}`}). Its last lines:\n${tail(said)}`,
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

/**
 * The variables of every emulator: its programs and functions run on the Node of this process, and read and write no folder of the
 * user.
 *
 * @param path The PATH of this process.
 */
export function ownFolders(folder: string, temporary: string, path: string | undefined): Environment {
  return { PATH: [dirname(process.execPath), path].join(delimiter), HOME: folder, TMPDIR: temporary };
}

/** The last lines of a log. */
export function tail(said: string): string {
  return said.trimEnd().split('\n').slice(-lastLines).join('\n') || '(nothing)';
}
