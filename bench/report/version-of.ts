import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of a package that the library or its benchmarks depend on. */
export function versionOf(name: string): string {
  const versions = ['../../package.json', '../package.json'].map((path) => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(import.meta.dirname, path), 'utf8'),
    );
    return { ...dependencies, ...devDependencies };
  });
  return Object.assign({}, ...versions)[name];
}
