import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../system/folders.ts';
import type { NodeVersion } from './node-versions.ts';
import { step } from './steps.ts';

const home = join(repository, 'examples');

/** The names of the folders in `examples/`. */
export const examples: readonly string[] = readdirSync(home, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Installs a copy of an example below `folder`, with the packed package, and compiles it if it has a script for that. */
export function installExample(name: string, folder: string, tarball: string): void {
  const cwd = join(folder, name);
  // What somebody installed by hand in an example stays there.
  cpSync(join(home, name), cwd, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  step(
    `examples/${name}: npm install`,
    ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball],
    {
      cwd,
    },
  );
  step(`examples/${name}: npm run build`, ['npm', 'run', '--if-present', 'build'], { cwd });
}

/** Runs the tests of an installed example on a version of Node. */
export function runExample(name: string, folder: string, node: NodeVersion): void {
  step(`${node.name}: examples/${name}: npm test`, ['npm', 'test'], {
    cwd: join(folder, name),
    node: node.path,
  });
}
