import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Environment } from './environment.ts';
import { systemFolder } from './folders.ts';
import { isStopping, onShutdown } from './teardown.ts';

/** Time for a child to end after SIGTERM, in ms. */
const graceMs = 3_000;

export type Command = readonly [executable: string, ...args: string[]];

/** Runs a module with `python -m`, as a child that ends with this process. */
export function pythonModule(python: string, module: string, ...args: string[]): Command {
  return [python, '-I', join(systemFolder, 'follow-parent.py'), module, ...args];
}

/** Runs the `__main__.py` of a folder, as a child that ends with this process. `-B`: Python leaves no files beside the sources. */
export function pythonFolder(python: string, folder: string): Command {
  return [python, '-I', '-B', join(systemFolder, 'follow-parent.py'), folder];
}

/** Runs a script with this process's Node, as a child that ends with this process. */
export function nodeScript(script: string, ...args: string[]): Command {
  const preload = pathToFileURL(join(systemFolder, 'follow-parent.mjs')).href;
  return [process.execPath, '--import', preload, script, ...args];
}

type Started = ChildProcess & { readonly pid: number };

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  /** Resolves when the child has ended and its own children are killed. */
  readonly exited: Promise<Exit>;
  /** Sends SIGTERM, and after a while SIGKILL to the child and its children. Safe to call again. */
  stop(): Promise<void>;
  /** Lets the child outlive this process. */
  release(): Promise<void>;
}

interface Options {
  readonly env: Environment;
  readonly cwd?: string;
}

/**
 * Starts a child in its own process group. A Ctrl-C in the terminal then reaches only this process, which stops the child in order.
 * One kill reaches the child and its children.
 *
 * @param output File descriptor for the child's output.
 */
export async function startChild(command: Command, options: Options & { output: number }): Promise<Child> {
  const child = await spawnGroup(command, options, options.output);
  // This process need not wait for the child, which ends with it.
  child.unref();
  (child.stdin as Socket).unref();
  return manage(child, 'exit');
}

interface RunOptions extends Options {
  readonly gone?: Promise<never>;
}

export interface Finished extends Exit {
  /** The child's output and error output, in order of arrival. */
  readonly output: string;
}

/**
 * Runs a child to its end. During a shutdown it never resolves, because the child's end means nothing then.
 *
 * @param gone If it rejects, the child is stopped, and this function rejects with the same error.
 */
export async function runChild(command: Command, { gone, ...options }: RunOptions): Promise<Finished> {
  const started = await spawnGroup(command, options, 'pipe');
  const chunks: Buffer[] = [];
  started.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  started.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const child = manage(started, 'close');
  try {
    const exit = await Promise.race(gone === undefined ? [child.exited] : [child.exited, gone]);
    return { ...exit, output: Buffer.concat(chunks).toString('utf8') };
  } finally {
    await child.stop();
    if (isStopping()) await new Promise(() => {});
  }
}

async function spawnGroup(
  [executable, ...args]: Command,
  { env, cwd }: Options,
  output: number | 'pipe',
): Promise<Started> {
  const child = spawn(executable, args, {
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    detached: true,
    stdio: ['pipe', output, output],
  });
  await once(child, 'spawn');
  // An ended child may leave input unread.
  child.stdin?.on('error', () => {});
  return child as Started;
}

function manage(child: Started, end: 'exit' | 'close'): Child {
  let stopped: Promise<void> | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', () => killGroup(child.pid));
    child.once(end, (code: number | null, signal: NodeJS.Signals | null) => {
      forget();
      resolve({ code, signal });
    });
  });
  const stop = () => {
    stopped ??= stopChild(child, exited);
    return stopped;
  };
  const forget = onShutdown(stop);
  return {
    pid: child.pid,
    exited,
    stop,
    async release() {
      forget();
      await new Promise<void>((resolve) => child.stdin?.end('.', resolve));
    },
  };
}

async function stopChild(child: Started, exited: Promise<Exit>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill('SIGTERM');
  const grace = new AbortController();
  const inTime = await Promise.race([
    exited.then(() => true),
    delay(graceMs, false, { signal: grace.signal }).catch(() => false),
  ]);
  grace.abort();
  if (!inTime) killGroup(child.pid);
  await exited;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: no process of the group is left.
  }
}
