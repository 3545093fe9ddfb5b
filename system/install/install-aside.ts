import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeOwnFolder, removeFolder } from '../folders.ts';
import { onShutdown } from '../teardown.ts';

export interface Installation {
  /** Path of the folder that the installation becomes. */
  readonly home: string;
  /** Whether a usable installation is at `home`. */
  isComplete(): Promise<boolean>;
  /** Installs into a folder that does not exist yet. */
  make(folder: string): Promise<void>;
}

/**
 * Makes an installation in a folder of this process, and moves it to its place when it is complete. So two processes can
 * install the same at once, and a killed process leaves nothing incomplete.
 */
export async function installAside({ home, isComplete, make }: Installation): Promise<void> {
  const folder = await makeOwnFolder('installs');
  const forget = onShutdown(() => removeFolder(folder));
  try {
    const made = join(folder, 'made');
    await make(made);
    await moveTo(made, home, isComplete);
  } finally {
    await removeFolder(folder);
    forget();
  }
}

async function moveTo(made: string, home: string, isComplete: () => Promise<boolean>): Promise<void> {
  // An older installation can break, for example when the Python is uninstalled that its environment was created from.
  if (!(await isComplete())) await removeFolder(home);
  await mkdir(dirname(home), { recursive: true });
  try {
    await rename(made, home);
  } catch (error) {
    // ENOTEMPTY or EEXIST: another process has installed the same meanwhile.
    if (!(await isComplete())) throw error;
  }
}
