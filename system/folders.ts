import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { cwd } from 'node:process';

/** The folder of this file, independent of the working directory. */
export const systemFolder = import.meta.dirname;
/** The root of the repository. The package has none: only commands of the repository use it. */
export const repository = dirname(systemFolder);
/** The folder for everything that commands leave on the disk. */
export const stateFolder = stateFolderOf(import.meta.filename, cwd());

/**
 * In the repository that is `.local/`, whatever the working directory. The package is installed in somebody's project, and
 * leaves everything in `.order-once/` of the working directory.
 *
 * @param module Path of a module in `system/`. Only the repository holds sources in TypeScript.
 */
export function stateFolderOf(module: string, workingDirectory: string): string {
  const isSource = extname(module) === '.ts';
  return isSource ? join(dirname(dirname(module)), '.local') : join(workingDirectory, '.order-once');
}

/** If a folder's maker has ended: the file with the pid of the process that still uses the folder. */
const keeperFile = 'keeper';

const kinds = ['runs', 'installs'] as const;

/**
 * Makes a folder below `<kind>/` of the state folder for this process, and removes the folders of killed processes. The folder's
 * name contains its maker's pid, so the maker is known from the start.
 */
export async function makeOwnFolder(kind: (typeof kinds)[number]): Promise<string> {
  await Promise.all(kinds.map((each) => removeAbandoned(join(stateFolder, each))));
  const parent = join(stateFolder, kind);
  await mkdir(parent, { recursive: true });
  // Git must not offer the state to the user of the package, who knows nothing of this folder.
  await writeFile(join(stateFolder, '.gitignore'), '*\n');
  const folder = join(parent, `${process.pid}-${randomBytes(3).toString('hex')}-${hostname()}`);
  await mkdir(folder);
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

/** The pid in a folder's name; `undefined` for a maker on another host, for example a container with the same checkout. */
export function makerOf(folderName: string): number | undefined {
  const [, pid, host] = /^(\d+)-[0-9a-f]{6}-(.*)$/.exec(folderName) ?? [];
  return host === hostname() ? Number(pid) : undefined;
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
