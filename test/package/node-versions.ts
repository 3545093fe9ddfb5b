import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../../system/folders.ts';
import { step } from './steps.ts';

/** Versions of Node that the package is checked with, besides the one that runs the check. */
const pinned = ['22.23.5', '24.22.3'] as const;

export interface NodeVersion {
  readonly name: string;
  /** The path of the executable. */
  readonly path: string;
}

/** Returns this process's Node and the pinned ones. Those are installed below `.local/installs` on first use. */
export function nodeVersions(): readonly NodeVersion[] {
  return [{ name: `Node ${process.versions.node}`, path: process.execPath }, ...pinned.map(installed)];
}

function installed(version: string): NodeVersion {
  // The package holds nothing but the executable; that of the name `node` would fetch it in an install script.
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(stateFolder, 'installs', `node-${version}`);
  const path = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    step(`install Node ${version}`, ['npm', 'install', '--no-audit', '--no-fund', `${name}@${version}`], {
      cwd: folder,
    });
  }
  return { name: `Node ${version}`, path };
}
