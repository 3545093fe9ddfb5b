import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const model = readFileSync(join(__dirname, '../../../spec/OrderOnce.tla'), 'utf8');

export interface Action {
  readonly action: string;
  /** The function that it stands for. */
  readonly name: string;
  readonly file: string;
}

/** The actions that stand for code, as their comments say it: `file.ts: function.` */
export const named: readonly Action[] = [
  ...model.matchAll(/\(\* ([\w/-]+\.ts): (\w+)\.(?:(?!\(\*)[\s\S])*?\*\)\n(\w+)(?:\([^)]*\))? ==/g),
].map(([, path = '', name = '', action = '']) => ({
  action,
  name,
  file: path.includes('publish') ? path : `runtime/${path}`,
}));
