import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The version is Maven's own only if it is named. */
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/**
 * Fetches the jars that a project file names, unless the folder is there. Whole or not at all: an interrupted download
 * leaves nothing that passes for an installation.
 */
export async function installJars(pom: string, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(join(dirname(folder), 'unfinished-'));
  try {
    await promisify(execFile)('mvn', [
      '-q',
      '-B',
      '-f',
      pom,
      copyDependencies,
      `-DoutputDirectory=${unfinished}`,
    ]);
    await rename(unfinished, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
