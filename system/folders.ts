import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

/** The folder of this file, found from the file: the working directory does not matter. */
export const systemFolder = import.meta.dirname;
export const repository = dirname(systemFolder);
/** Everything that a command leaves on the disk. */
export const stateFolder = join(repository, '.local');

/** In a folder whose maker is gone, the pid of the process that still uses it. */
const keeperFile = 'keeper';

const kinds = ['runs', 'installs'] as const;

/**
 * Makes a folder below `.local/<kind>/` that belongs to this process, and removes what processes left that were
 * killed. The maker is in the folder's name, so that it is known from the first moment on.
 */
export async function makeOwnFolder(kind: (typeof kinds)[number]): Promise<string> {
  await Promise.all(kinds.map((each) => removeAbandoned(join(stateFolder, each))));
  const parent = join(stateFolder, kind);
  await mkdir(parent, { recursive: true });
  const folder = join(parent, `${process.pid}-${randomBytes(3).toString('hex')}-${hostname()}`);
  await mkdir(folder);
  return folder;
}

/** Hands a folder of this process over to another one that outlives it. */
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

/** The pid in a folder's name; nothing for a maker on another host (a container that shares the checkout, say). */
export function makerOf(folderName: string): number | undefined {
  const [, pid, host] = /^(\d+)-[0-9a-f]{6}-(.*)$/.exec(folderName) ?? [];
  return host === hostname() ? Number(pid) : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
