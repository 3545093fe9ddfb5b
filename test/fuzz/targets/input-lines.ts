import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { InputError, readLines } from '../../../publisher/index.ts';
import { texts } from '../inputs/hostile.ts';
import { target } from '../target.ts';

const plain = fc.oneof(
  fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
  fc.array(texts, { maxLength: 5 }).map((lines) => Buffer.from(lines.join('\n'))),
);

const files = fc.oneof(
  plain,
  plain.map((bytes) => gzipSync(bytes)),
  fc.tuple(plain, fc.nat(600), fc.nat(255)).map(([bytes, at, byte]) => {
    const broken = gzipSync(bytes);
    broken[at % broken.length] = byte;
    return broken;
  }),
  plain.map((bytes) => Buffer.concat([Buffer.from([0x1f, 0x8b]), bytes])),
);

const megabyte = 1024 * 1024;

/** The lines of any file, or an `InputError` that names it; what expands to more than a line may have is cut off. */
export const inputLines = target<Buffer>({
  name: 'input-lines',
  runs: 400,
  inputs: files,
  examples: [
    Buffer.alloc(5 * megabyte, 'x'),
    gzipSync(Buffer.alloc(50 * megabyte)),
    gzipSync(gzipSync(Buffer.alloc(megabyte))),
    // No more: once anything has used an AsyncLocalStorage, Node 20 needs 0.1 ms for the promises of a line.
    Buffer.alloc(20_000, '\n'),
    Buffer.alloc(300_000, '\ufeff'),
  ],
  check: async (content) => {
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
    const file = join(folder, 'input');
    writeFileSync(file, content);
    const lines: string[] = [];
    try {
      for await (const line of readLines(file)) lines.push(line);
      if (content[0] === 0x1f && content[1] === 0x8b) return;
      assert.ok(isUtf8(content), 'It was no UTF-8');
      const text = content.toString().replace(/\n$/, '');
      assert.equal(lines.join('\n'), text.replaceAll(/(^|\n)\ufeff/g, '$1'));
    } catch (error) {
      assert.ok(error instanceof InputError, String(error));
      assert.ok(error.message.startsWith(file) && error.message.length < 500, error.message.slice(0, 500));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});
