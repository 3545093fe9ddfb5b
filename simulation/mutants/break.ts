import { register } from 'node:module';
import { type MutantName, mutants } from './table.ts';

const repository = new URL('../../', import.meta.url);

/** Applies a mutant to the modules that this thread loads from now on. The files do not change. */
export function breakRule(name: MutantName): void {
  const { file, text, replacement } = mutants[name];
  const { href } = new URL(file, repository);
  register('./replace-text.mjs', import.meta.url, { data: { name, url: href, text, replacement } });
}
