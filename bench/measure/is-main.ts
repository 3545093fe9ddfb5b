import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Returns whether Node was started with this module, rather than with one that imports it. */
export function isMain({ url }: ImportMeta): boolean {
  return argv[1] === fileURLToPath(url);
}
