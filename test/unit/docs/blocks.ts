import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../../system/folders.ts';

/** A block of TypeScript in a page of the documentation. */
export interface Block {
  readonly code: string;
  /** The line of the page on which it begins. */
  readonly line: number;
  /** The file that its first line names: `bookings.ts` for `// bookings.ts, the function`. */
  readonly file: string | undefined;
}

/** @param page Its path from the root: `README.md`. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(repository, page), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ 1: code = '', index }) => ({
    code,
    line: text.slice(0, index).split('\n').length,
    file: /^\/\/ ([\w./-]+\.ts)\b/.exec(code)?.[1],
  }));
}

/** Separates the imports at the top of a block, with the comments between them, from what follows. */
export function splitImports(code: string): { readonly imports: string; readonly body: string } {
  const [, imports = '', body = ''] = /^((?:(?:\/\/.*|import [^;]*;)?\n)*)([\s\S]*)$/.exec(code) ?? [];
  return { imports, body };
}
