import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the results of a run into a page of docs/, between `<!-- NAME -->` and `<!-- /NAME -->`.
 *
 * @param parts Markdown by name.
 * @throws Error if the page does not have these comments for a name.
 */
export function writeGenerated(page: string, parts: Readonly<Record<string, string>>): void {
  const path = join(import.meta.dirname, '../../docs', page);
  let text = readFileSync(path, 'utf8');
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`docs/${page} has no "${begin}" with "${end}" behind it`);
    text = `${text.slice(0, from + begin.length)}\n${part}\n${text.slice(to)}`;
  }
  writeFileSync(path, text);
}

/** Wraps text to lines of at most 118 characters, like the pages. */
export function wrapped(text: string): string {
  return text.replaceAll(/(.{1,118})( |$)/g, (_, line: string, end: string) =>
    end === '' ? line : `${line}\n`,
  );
}

/** A table in Markdown: the first column is text, the others are numbers. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}
