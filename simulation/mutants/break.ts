import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MutantName, mutants } from './table.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Breaks one rule in what is loaded from here on, in this thread. The files stay as they are.
 * @returns Whether the broken file was loaded.
 */
export function breakRule(name: MutantName): () => boolean {
  const { file, text, replacement } = mutants[name];
  const path = join(repository, file);
  let loaded = false;
  registerHooks({
    load(url, context, next) {
      const result = next(url, context);
      if (!url.startsWith('file:') || fileURLToPath(url) !== path) return result;
      const source = String(result.source);
      const places = source.split(text).length - 1;
      if (places !== 1)
        throw new Error(`Mutant "${name}": ${file} has its text ${places} times, and not once`);
      loaded = true;
      return { ...result, source: source.replace(text, () => replacement) };
    },
  });
  return () => loaded;
}
