/* Hooks of Node's module loader, in plain JavaScript, because Node runs them in a thread of its own. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

/** @type {{ name: string, url: string, text: string, replacement: string }} */
let mutant;

/** @param {typeof mutant} given What `register` passes on. */
export function initialize(given) {
  mutant = given;
}

/** Loads the mutant's file with its text replaced, and every other module as usual. */
export async function load(url, context, next) {
  if (url !== mutant.url) return next(url, context);
  const path = fileURLToPath(url);
  const source = await readFile(path, 'utf8');
  const places = source.split(mutant.text).length - 1;
  if (places !== 1) {
    throw new Error(`Mutant "${mutant.name}": ${path} has its text ${places} times, and not once`);
  }
  const broken = source.replace(mutant.text, () => mutant.replacement);
  const { code } = await transform(broken, { loader: 'ts', sourcefile: path, sourcemap: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
