import { commonFrom } from '../../contract/policies/retry-policy.ts';
import { codeOf, describe } from '../handler/errors.ts';

/**
 * Detects a failure of all events: if a handler or a setting fails every event, no event is to blame. One instance per
 * consumer and process; it does not know the other processes of the function.
 *
 *   failures of one kind  --- the 20th different event --->  common  --- an event is applied, or fails otherwise --->  none
 */
export class CommonFailure {
  #kind: string | undefined;
  /** Idempotency keys of the events that failed in a row with this kind of error. */
  readonly #events = new Set<string>();

  /** An event was applied, so code and configuration work. */
  succeeded(): void {
    this.#kind = undefined;
    this.#events.clear();
  }

  /** An event failed with an error that counts against it. */
  failed(id: string, error: unknown): void {
    const kind = kindOf(error);
    if (kind !== this.#kind) this.#events.clear();
    this.#kind = kind;
    // No more keys are needed, and a process may see millions.
    if (this.#events.size < commonFrom) this.#events.add(id);
  }

  /** Whether all events fail with this error. */
  is(error: unknown): boolean {
    return this.#events.size >= commonFrom && this.#kind === kindOf(error);
  }

  /** Whether all events fail with this error, if this event is included. */
  includes(id: string, error: unknown): boolean {
    if (this.#kind !== kindOf(error)) return false;
    return this.#events.size + Number(!this.#events.has(id)) >= commonFrom;
  }
}

/** Quoted parts of a text. A quote beside a letter, like an apostrophe, does not count. */
const quoted = /(?<!\w)(["'`]).*?\1(?!\w)|\u201c[^\u201d]*\u201d|\u00ab[^\u00bb]*\u00bb/gs;
const withDigits = /\S*\d\S*/g;

/** Code and text of an error without the parts that differ between events: numbers, ids, and quoted parts. */
function kindOf(error: unknown): string {
  return `${codeOf(error)}: ${describe(error).replace(quoted, '').replace(withDigits, '')}`;
}
