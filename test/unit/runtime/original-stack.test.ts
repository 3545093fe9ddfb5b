import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loggedError } from '../../../runtime/logging/logged-error.ts';
import { originalStack } from '../../../runtime/logging/original-stack.ts';

/** Its first line comes from line 3 of the source, column 5. */
const map = { version: 3, sources: ['../../src/discount.ts'], names: [], mappings: 'AAEI' };

let directory: string;
let bundle: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'original stack '));
  bundle = join(directory, 'index.mjs');
  writeFileSync(`${bundle}.map`, JSON.stringify(map));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('originalStack', () => {
  it.each([
    ['a function', (file: string) => `    at findDiscount (${file}:1:9)`],
    ['a method with an alias', (file: string) => `    at Shop.find [as handle] (${file}:1:9)`],
    ['an async function', (file: string) => `    at async handle (${file}:1:9)`],
    ['a function without a name', (file: string) => `    at ${file}:1:9`],
    ['an async function without a name', (file: string) => `    at async ${file}:1:9`],
  ])('names the source of %s', (_, frameOf) => {
    for (const file of [bundle, pathToFileURL(bundle).href]) {
      const next = '    at node:internal/timers:1:1';
      const told = originalStack(`TypeError: no discount\n${frameOf(file)}\n${next}`);
      expect(told).toBe(
        `TypeError: no discount\n${frameOf('src/discount.ts').replace(':1:9', ':3:5')}\n${next}`,
      );
    }
  });

  it('does not change the message, even if it contains a place in a bundle', () => {
    const stack = `Error: see ${bundle}:1:9\n    at native`;
    expect(originalStack(stack)).toBe(stack);
  });

  it.each([
    ['is none', undefined],
    ['is no JSON', '{'],
    ['is no map', 'null'],
    ['lacks its mappings', '{}'],
    ['names no source', JSON.stringify({ ...map, sources: [] })],
  ])('does not change a stack if the map %s', (_, text) => {
    if (text === undefined) rmSync(`${bundle}.map`);
    else writeFileSync(`${bundle}.map`, text);
    const stack = `Error: no\n    at findDiscount (${bundle}:1:9)`;
    expect(originalStack(stack)).toBe(stack);
  });

  it('reads a message of a megabyte in linear time', () => {
    for (const part of [
      'abcdefghi/',
      'file://',
      '    at (/x.js',
      '\n    at (/',
      '    at async ',
      '/x.js:1',
    ]) {
      // The message was changed since, so it cannot be told from the stack.
      const stack = `Error: ${part.repeat(1_000_000 / part.length)}`;
      const error = Object.assign(new Error('renamed'), { stack });
      expect(loggedError(error).stack).toContain(part.trim());
    }
  });
});
