import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of a package that this one depends on. */
export function versionOf(name: string): string {
  const file = join(import.meta.dirname, '../package.json');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8'));
  return { ...dependencies, ...devDependencies }[name];
}
