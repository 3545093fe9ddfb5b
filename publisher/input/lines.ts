import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../errors.ts';
import { nameOf } from './input.ts';

/** 16 times the largest body, to allow white space and escapes. A longer line is invalid, and must not fill the memory. */
const maxLineBytes = 4 * 1024 * 1024;
const newline = 0x0a;
const gzipMagic = [0x1f, 0x8b] as const;

/**
 * Returns the lines of a file, which it reads on demand. It recognizes gzip by its first bytes.
 *
 * Blank lines are included, so that line numbers match the file; `publish` skips them.
 *
 * @param file Its path, or `-` for standard input.
 * @throws InputError at once if `file` is not a path. While reading: if the file cannot be read, or if a line is not UTF-8 or
 *   longer than 4 MiB.
 */
export function readLines(file: string): AsyncIterable<string> {
  if (typeof file !== 'string' || file === '') {
    throw new InputError(
      `readLines takes the path of a file, or "-" for standard input; it got ${nameOf(file)}`,
    );
  }
  return {
    [Symbol.asyncIterator]: () => {
      let input: Readable | undefined;
      const lines = (async function* () {
        input = file === '-' ? process.stdin : createReadStream(file);
        yield* split(unzip(input), file === '-' ? 'standard input' : file);
      })();
      return {
        next: () => lines.next(),
        // Ends a pending read. A generator's own `return` would wait for it.
        return: async () => {
          input?.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** The input's bytes, unpacked if they are gzip. */
async function* unzip(input: Readable): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = input[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < gzipMagic.length) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const bytes = (async function* () {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  if (gzipMagic.every((byte, index) => head[index] === byte)) {
    // A failed pipeline destroys the last stream, and so the reader gets the error.
    yield* pipeline(Readable.from(bytes), createGunzip(), () => {});
  } else {
    yield* bytes;
  }
}

async function* split(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let parts: Buffer[] = [];
  let bytes = 0;

  const add = (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxLineBytes)
      throw new InputError(`${name}, line ${line}: longer than ${maxLineBytes} bytes`);
  };
  const take = () => {
    try {
      return decoder.decode(Buffer.concat(parts));
    } catch (cause) {
      throw new InputError(`${name}, line ${line}: not UTF-8`, { cause });
    } finally {
      line += 1;
      parts = [];
      bytes = 0;
    }
  };

  try {
    for await (const chunk of chunks) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        add(chunk.subarray(start, end));
        yield take();
        start = end + 1;
      }
      add(chunk.subarray(start));
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`${name}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (bytes > 0) yield take();
}
