import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutantNames, mutants } from './mutants/table.ts';

const repository = join(__dirname, '..');

describe('a mutant', () => {
  it.each(mutantNames)('"%s" replaces a text that its file has exactly once', (name) => {
    const { file, text, replacement } = mutants[name];
    const source = readFileSync(join(repository, file), 'utf8');
    expect(source.split(text)).toHaveLength(2);
    expect(replacement).not.toBe(text);
  });

  const proof = readFileSync(join(repository, 'docs/proof.md'), 'utf8');
  it.each(mutantNames)('"%s" has its row in docs/proof.md', (name) => {
    expect(proof).toContain(`| ${mutants[name].rule} | ${name} | `);
  });
});
