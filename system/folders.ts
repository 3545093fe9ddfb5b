import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { platform } from 'node:process';
import { type Environment, ownEnvironment } from './environment.ts';
import { ToolError } from './errors.ts';

/** The folder of this file, independent of the working directory. */
export const systemFolder = import.meta.dirname;
/** The root of the repository. The package has none: only commands of the repository use it. */
export const repository = dirname(systemFolder);
/** The folder for everything that commands leave on the disk. */
export const stateFolder = stateFolderOf(import.meta.filename, ownEnvironment());

/**
 * In the repository that is `.local/`, whatever the working directory. The package is installed in somebody's project, and
 * leaves everything in `order-once/` of the user's folder for caches: ADR 19.
 *
 * @param module Path of a module in `system/`. Only the repository holds sources in TypeScript.
 */
export function stateFolderOf(module: string, { XDG_CACHE_HOME }: Environment): string {
  if (extname(module) === '.ts') return join(dirname(dirname(module)), '.local');
  const caches = join(homedir(), platform === 'darwin' ? 'Library/Caches' : '.cache');
  return join(XDG_CACHE_HOME || caches, 'order-once');
}

/**
 * The name of the machine on which the pids of a folder's name count. Two containers with one checkout differ in their host names.
 * On macOS the host name changes with the network, and no container runs macOS.
 */
export function machineOf(system: NodeJS.Platform, host: string): string {
  return system === 'darwin' ? system : host;
}

const machine = machineOf(platform, hostname());

/** If a folder's maker has ended: the file with the pid of the process that still uses the folder. */
const keeperFile = 'keeper';

const kinds = ['runs', 'installs'] as const;

/**
 * Makes a folder below `<kind>/` of the state folder for this process, and removes the folders of killed processes. The folder's
 * name contains its maker's pid, so the maker is known from the start.
 *
 * @throws ToolError if the folder cannot be made
 */
export async function makeOwnFolder(kind: (typeof kinds)[number]): Promise<string> {
  await Promise.all(kinds.map((each) => removeAbandoned(join(stateFolder, each))));
  const folder = join(stateFolder, kind, `${process.pid}-${randomBytes(3).toString('hex')}-${machine}`);
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new ToolError(
      `The folder ${stateFolder} cannot be used (${(cause as Error).message}). Choose the folder for caches with XDG_CACHE_HOME`,
      { cause },
    );
  }
  return folder;
}

/** Hands a folder of this process over to another process that outlives it. */
export async function handOver(folder: string, pid: number): Promise<void> {
  await writeFile(join(folder, keeperFile), String(pid));
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const maker = makerOf(name);
    if (maker === undefined || isAlive(maker)) continue;
    const keeper = await readFile(join(parent, name, keeperFile), 'utf8').catch(() => undefined);
    if (keeper === undefined || !isAlive(Number(keeper))) await removeFolder(join(parent, name));
  }
}

/** The pid in a folder's name; `undefined` for a maker on another machine, for example a container with the same checkout. */
export function makerOf(folderName: string): number | undefined {
  const [, pid, host] = /^(\d+)-[0-9a-f]{6}-(.*)$/.exec(folderName) ?? [];
  return host === machine ? Number(pid) : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is running and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
