import { truncate } from '../../contract/truncate.ts';
import { InputError } from '../errors.ts';

/** `& object` excludes a plain string, which is an iterable of its characters. */
export type Lines = AsyncIterable<string> | (Iterable<string> & object);

const wanted =
  'publish takes lines: an iterable of strings, each one event as JSON. readLines(path) reads them from a file';

/**
 * The lines of an input, one after the other.
 *
 * @param lines Checked, because the caller may not use TypeScript.
 * @throws InputError that names the given value. The iterator rejects with one if a line is not a string.
 */
export function iterateLines(lines: unknown): AsyncIterator<string> {
  const source = open(lines);
  let line = 0;
  return {
    async next() {
      const { done, value } = await source.next();
      if (done) return { done, value: undefined };
      line += 1;
      if (typeof value !== 'string')
        throw new InputError(`Line ${line} is ${nameOf(value)}; ${wanted}${hintFor(value)}`);
      return { done: false, value };
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}

function open(lines: unknown): AsyncIterator<unknown> | Iterator<unknown> {
  if (typeof lines === 'object' && lines !== null) {
    const { [Symbol.asyncIterator]: asyncOf, [Symbol.iterator]: syncOf } = lines as Partial<
      AsyncIterable<unknown> & Iterable<unknown>
    >;
    if (typeof asyncOf === 'function') return asyncOf.call(lines);
    if (typeof syncOf === 'function') return syncOf.call(lines);
  }
  throw new InputError(`The input is ${nameOf(lines)}; ${wanted}${hintFor(lines)}`);
}

/** Describes a value for a message: its kind, and its text if that is short. */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `the string ${JSON.stringify(truncate(value, 60))}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object') return `the ${typeof value} ${String(value)}`;
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return 'bytes';
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return 'an array';
  const { name } = (value.constructor ?? {}) as { name?: unknown };
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an object (${name})` : 'an object';
}

function hintFor(value: unknown): string {
  if (typeof value === 'string') return `, so publish(readLines(path), ...) or publish([event], ...)`;
  if (typeof value === 'function') return '. Call the function and pass what it returns';
  if (value instanceof Promise) return '. Await the promise first';
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    return ', and readLines("-") those of standard input; decode and split any other stream of bytes';
  }
  if (typeof value === 'object' && value !== null) return '. JSON.stringify makes a line of an event';
  return '';
}
