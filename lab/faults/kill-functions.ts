import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { HeldMessage } from '../observe/held-messages.ts';
import { seededRandom } from '../seeded-random.ts';

/** The function processes that were ended. */
export interface EndedFunctions {
  /** Number of processes ended by SIGKILL, like a crash of Lambda's host. */
  readonly killed: number;
  /** Number of processes stopped by SIGSTOP: the function stands still until its timeout ends it. */
  readonly frozen: number;
  /** All of these processes, in order. */
  readonly processes: readonly EndedProcess[];
}

export interface EndedProcess {
  readonly way: 'killed' | 'frozen';
  /** When the process stopped working, ISO 8601. */
  readonly at: string;
  readonly pid: number;
  readonly functionName: string;
  /**
   * The messages of the process's invocation; empty without an invocation. Messages that were delivered to the stopped
   * process are included.
   */
  readonly batch: readonly HeldMessage[];
}

export interface KillOptions {
  /** The emulator's process id; its child processes run the functions. */
  readonly parent: number;
  /** Names of the functions that may be ended. */
  readonly functionNames: readonly string[];
  readonly kill: number;
  readonly freeze: number;
  readonly seed: number;
  /** Reads the messages that the invocation of a stopped function holds. */
  readonly heldBy: (functionName: string) => Promise<readonly HeldMessage[]>;
  readonly signal: AbortSignal;
}

/** A process counts as busy if it used more than 1 ms of CPU during a 20 ms sample. */
const sampleMs = 20;
const busyNs = 1_000_000;

/**
 * Milliseconds from stopping a function to reading its queue. An emulator can take a quarter of a second to delete the
 * messages of an earlier, answered invocation.
 */
const settleMs = 500;

/**
 * Ends processes of functions while they work: kills one, freezes the next, and so on.
 * Resolves after `kill` and `freeze` processes, or when `signal` says that there is no more work.
 */
export async function killFunctions(options: KillOptions): Promise<EndedFunctions> {
  const { kill, freeze, seed, heldBy, signal } = options;
  const processes: EndedProcess[] = [];
  const count = (way: EndedProcess['way']) => processes.filter((ended) => ended.way === way).length;
  while (processes.length < kill + freeze && !signal.aborted) {
    const busy = await findBusy(options);
    const found = busy[Math.floor(seededRandom(seed, 'end', processes.length) * busy.length)];
    if (found === undefined) continue;
    const killed = count('killed');
    const frozen = count('frozen');
    const way = frozen === freeze || (killed < kill && killed <= frozen) ? 'killed' : 'frozen';
    const at = new Date().toISOString();
    // A process is stopped before it is killed, so that the messages that it holds do not change and can be read.
    if (!send(found.pid, 'SIGSTOP')) continue;
    await delay(settleMs, undefined, { signal }).catch(() => undefined);
    const batch = await heldBy(found.functionName);
    if (way === 'killed') send(found.pid, 'SIGKILL');
    processes.push({ way, at, ...found, batch });
  }
  return { killed: count('killed'), frozen: count('frozen'), processes };
}

async function findBusy({ parent, functionNames }: KillOptions) {
  const before = await readTimes(parent);
  await delay(sampleMs);
  const busy: Pick<EndedProcess, 'pid' | 'functionName'>[] = [];
  for (const [pid, time] of await readTimes(parent)) {
    if (time - (before.get(pid) ?? time) <= busyNs) continue;
    const functionName = await functionOf(pid);
    if (functionNames.includes(functionName) && (await hasBegun(pid))) busy.push({ pid, functionName });
  }
  return busy;
}

/** The CPU time of each child of a process, in nanoseconds. */
async function readTimes(parent: number): Promise<Map<number, number>> {
  const times = new Map<number, number>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // proc(5): state and parent follow the command in brackets, which can contain any characters.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== parent) continue;
    const scheduled = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '');
    times.set(Number(pid), Number(scheduled.split(' ')[0]));
  }
  return times;
}

/**
 * Whether a function has opened a socket. A function that is still loading has not, and handles no
 * delivery. If it were frozen then, it would block the emulator, which has no timeout for loading.
 */
async function hasBegun(pid: number): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  // The standard streams may be sockets too.
  const opened = descriptors.filter((name) => Number(name) > 2);
  const targets = opened.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => ''));
  return (await Promise.all(targets)).some((target) => target.startsWith('socket:'));
}

async function functionOf(pid: number): Promise<string> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const name = environment.split('\0').find((variable) => variable.startsWith('AWS_LAMBDA_FUNCTION_NAME='));
  return name?.slice(name.indexOf('=') + 1) ?? '';
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // The process has ended by itself.
    return false;
  }
}
