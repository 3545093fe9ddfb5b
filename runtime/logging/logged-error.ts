import type { LoggedError } from '../../contract/reporting/delivery-log.ts';
import { truncate } from '../../contract/truncate.ts';
import { describe } from '../handler/errors.ts';
import { originalStack } from './original-stack.ts';

/** CloudWatch takes lines of 1 MiB at most (AWS: "CloudWatch Logs quotas"); people and tools take much shorter ones. */
const maxBytes = 16 * 1024;

/** Errors that one line tells: with each of them the others get less room. */
const maxErrors = 40;

/** In characters. */
const maxName = 100;

/** What the names of members take of an error's room, in bytes. */
const framing = 80;

/** An error and what it names as its causes, before it is known how many there are to tell. */
interface Found {
  readonly error: unknown;
  readonly cause: Found[];
  readonly errors: Found[];
  omitted: number;
}

/**
 * An error with its stack and all that caused it, for the log: members of an `AggregateError` and of a `SuppressedError`
 * too. Whatever was thrown, a value that is no error, a cycle or a getter that throws included.
 *
 * @returns At most 16 KB of JSON. Never throws.
 */
export function loggedError(error: unknown): LoggedError {
  const seen = new Set<unknown>();
  const root = foundAs(error);
  const waiting = [root];
  let told = 1;
  // The nearest first: what is left out then is the farthest away.
  for (let found = waiting.shift(); found !== undefined; found = waiting.shift()) {
    if (seen.has(found.error)) continue;
    if (typeof found.error === 'object') seen.add(found.error);
    for (const [kind, child] of childrenOf(found.error)) {
      if (told === maxErrors || seen.has(child)) {
        found.omitted += 1;
        continue;
      }
      told += 1;
      const next = foundAs(child);
      found[kind].push(next);
      waiting.push(next);
    }
  }
  return tell(root, Math.floor(maxBytes / told) - framing);
}

function foundAs(error: unknown): Found {
  return { error, cause: [], errors: [], omitted: 0 };
}

function childrenOf(error: unknown): (readonly [kind: 'cause' | 'errors', child: unknown])[] {
  const cause = read(error, 'cause');
  const errors = read(error, 'errors');
  const suppressed = read(error, 'suppressed');
  const several = Array.isArray(errors)
    ? errors
    : suppressed === undefined
      ? []
      : [read(error, 'error'), suppressed];
  return [
    ...(cause === undefined ? [] : [['cause', cause] as const]),
    // One more than are told, so that it is seen that there are more.
    ...several.slice(0, maxErrors + 1).map((one) => ['errors', one] as const),
  ];
}

/** @param bytes The room of this error alone. */
function tell({ error, cause, errors, omitted }: Found, bytes: number): LoggedError {
  const name = cut(textOf(read(error, 'name')) ?? typeof error, maxName);
  const message = cut(describe(error), bytes / 3);
  const code = textOf(read(error, 'code'));
  // The message stands in front of the frames, which are what a stack is wanted for.
  const stack = textOf(read(error, 'stack'))?.replace(textOf(read(error, 'message')) ?? '', () => message);
  return {
    name,
    message,
    ...(code !== undefined && { code: cut(code, maxName) }),
    ...(stack !== undefined && { stack: cut(originalStack(stack), bytes - bytes / 3 - 2 * maxName) }),
    ...(cause[0] !== undefined && { cause: tell(cause[0], bytes) }),
    ...(errors.length > 0 && { errors: errors.map((one) => tell(one, bytes)) }),
    ...(omitted > 0 && { omitted }),
  };
}

/** A member, or nothing where there is none, or reading it fails. */
function read(of: unknown, name: string): unknown {
  try {
    return typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The text, or the start of it, in at most so many bytes of JSON. */
function cut(text: string, bytes: number): string {
  let short = truncate(text, Math.max(1, Math.floor(bytes)));
  for (;;) {
    const size = Buffer.byteLength(JSON.stringify(short)) - 2;
    if (size <= bytes || short.length <= 1) return short;
    short = truncate(short, Math.max(1, Math.floor((short.length * bytes) / size) - 2));
  }
}
