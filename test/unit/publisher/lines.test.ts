import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { InputError, readLines } from '../../../publisher/index.ts';
import { toArray } from './support/to-array.ts';

describe('readLines', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'publisher-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function fileOf(content: string | Uint8Array, name = 'orders.ndjson'): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, content);
    return file;
  }

  async function failureOf(file: string): Promise<InputError> {
    const error = await toArray(readLines(file)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }

  test.each([
    ['a line feed at the end', 'a\nb\n', ['a', 'b']],
    ['none at the end', 'a\nb', ['a', 'b']],
    ['blank lines', '\na\n\nb\n\n', ['', 'a', '', 'b', '']],
    ['a byte order mark', '\ufeffa\nb', ['a', 'b']],
    ['nothing', '', []],
    ['one byte', 'a', ['a']],
    ['a line feed only', '\n', ['']],
  ])('returns the lines of a file with %s', async (_, content, lines) => {
    expect(await toArray(readLines(await fileOf(content)))).toEqual(lines);
    expect(await toArray(readLines(await fileOf(gzipSync(content))))).toEqual(lines);
  });

  test('recognizes gzip by its bytes, not by the file name', async () => {
    expect(await toArray(readLines(await fileOf(gzipSync('a\nb'), 'orders.ndjson')))).toEqual(['a', 'b']);
    expect(await toArray(readLines(await fileOf('a\nb', 'orders.ndjson.gz')))).toEqual(['a', 'b']);
  });

  test('reads concatenated gzip files', async () => {
    const file = await fileOf(Buffer.concat([gzipSync('a\nb'), gzipSync('c\nd')]));
    expect(await toArray(readLines(file))).toEqual(['a', 'bc', 'd']);
  });

  test('keeps every character, wherever the file is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), async (texts) => {
        // GIVEN lines of any characters, among them some longer than a chunk
        const lines = [...texts, `${'é'.repeat(70_000)}🙂`, 'end'].map((text) =>
          text.replaceAll(/[\n\ufeff]/g, ''),
        );
        // WHEN they are written and read
        const read = await toArray(readLines(await fileOf(lines.join('\n'))));
        // THEN
        expect(read).toEqual(lines);
      }),
      { numRuns: 20 },
    );
  });

  test('refuses bytes that are not UTF-8, and names the line', async () => {
    const file = await fileOf(
      Buffer.concat([Buffer.from('a\n"'), Buffer.from([0xe9]), Buffer.from('"\nc\n')]),
    );
    const read: string[] = [];
    const reading = (async () => {
      for await (const line of readLines(file)) read.push(line);
    })();
    await expect(reading).rejects.toThrow(`${file}, line 2: not UTF-8`);
    expect(read).toEqual(['a']);
  });

  test('refuses a line that never ends', async () => {
    const file = await fileOf(`a\n${'x'.repeat(5 * 1024 * 1024)}`);
    expect((await failureOf(file)).message).toBe(`${file}, line 2: longer than 4194304 bytes`);
  });

  test('names a missing file, a folder, or a broken gzip file', async () => {
    const gzip = gzipSync('a\n'.repeat(1_000));
    for (const file of [
      join(folder, 'missing'),
      folder,
      await fileOf(gzip.subarray(0, -6), 'cut.gz'),
      await fileOf(Buffer.concat([gzip.subarray(0, 12), gzip.subarray(0, 12)]), 'broken.gz'),
    ]) {
      const { code, message } = await failureOf(file);
      expect(code).toBe('INPUT');
      expect(message.startsWith(`${file}: cannot be read: `)).toBe(true);
    }
  });

  test('can be stopped early, also before the first line', async () => {
    const file = await fileOf('a\nb\nc');
    for await (const line of readLines(file)) {
      expect(line).toBe('a');
      break;
    }
    await readLines(file)[Symbol.asyncIterator]().return?.();
    await readLines(join(folder, 'missing'))[Symbol.asyncIterator]().return?.();
  });
});
