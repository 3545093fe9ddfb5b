import type { LoggedError } from '../../contract/reporting/delivery-log.ts';
import { truncate } from '../../contract/truncate.ts';
import { describe } from '../handler/errors.ts';
import { originalStack } from './original-stack.ts';

/** CloudWatch accepts lines of 1 MiB (AWS: "CloudWatch Logs quotas"); readable lines are much shorter. */
const maxBytes = 16 * 1024;

/** Maximum number of errors in a line. Each one leaves less room for the others. */
const maxErrors = 40;

/** Maximum characters of a name. */
const maxName = 100;

/** Bytes that the member names of an error need. */
const framing = 80;

/** An error and its causes, before their number is known. */
interface Found {
  readonly error: unknown;
  readonly cause: Found[];
  readonly errors: Found[];
  omitted: number;
}

/**
 * Describes any thrown value for the log, with stack and causes, including the members of an `AggregateError` and of a
 * `SuppressedError`. Handles values that are not errors, cycles and getters that throw.
 *
 * @returns At most 16 KB of JSON. Never throws.
 */
export function loggedError(error: unknown): LoggedError {
  const seen = new Set<unknown>();
  const root = foundAs(error);
  const waiting = [root];
  let told = 1;
  // The nearest causes first, so that the farthest ones are left out.
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
    // One more than the maximum, to detect that there are more.
    ...several.slice(0, maxErrors + 1).map((one) => ['errors', one] as const),
  ];
}

/** @param bytes The room for this error. */
function tell({ error, cause, errors, omitted }: Found, bytes: number): LoggedError {
  const name = cut(textOf(read(error, 'name')) ?? typeof error, maxName);
  const message = cut(describe(error), bytes / 3);
  const code = textOf(read(error, 'code'));
  // The stack starts with the message, which is removed, because the line already contains it.
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

/** Reads a member; `undefined` if it is missing or reading it throws. */
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

/** Cuts the text to this many bytes of JSON. */
function cut(text: string, bytes: number): string {
  let short = truncate(text, Math.max(1, Math.floor(bytes)));
  for (;;) {
    const size = Buffer.byteLength(JSON.stringify(short)) - 2;
    if (size <= bytes || short.length <= 1) return short;
    short = truncate(short, Math.max(1, Math.floor((short.length * bytes) / size) - 2));
  }
}
