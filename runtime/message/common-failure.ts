import { commonFrom } from '../../contract/policies/retry-policy.ts';
import { codeOf, describe } from '../handler/errors.ts';

/**
 * Tells a failure of everything from those of single events: a handler or a setting that fails every event is no event's
 * fault. One per consumer, for the life of the process; it does not see the other processes of the function.
 *
 *   failures of one kind  --- the 20th different event --->  common  --- an event is applied, or fails otherwise --->  none
 */
export class CommonFailure {
  #kind: string | undefined;
  /** Idempotency keys of events that failed so, none of another kind and no success in between. */
  readonly #events = new Set<string>();

  /** An event was applied, so code and configuration work. */
  succeeded(): void {
    this.#kind = undefined;
    this.#events.clear();
  }

  /** An event failed, and its error says nothing else than that it may be the event's own fault. */
  failed(id: string, error: unknown): void {
    const kind = kindOf(error);
    if (kind !== this.#kind) this.#events.clear();
    this.#kind = kind;
    // No more are needed, and a process may see millions.
    if (this.#events.size < commonFrom) this.#events.add(id);
  }

  /** Whether all events fail with this error. */
  is(error: unknown): boolean {
    return this.#events.size >= commonFrom && this.#kind === kindOf(error);
  }

  /** Whether they do once this event has failed with it too. */
  includes(id: string, error: unknown): boolean {
    if (this.#kind !== kindOf(error)) return false;
    return this.#events.size + Number(!this.#events.has(id)) >= commonFrom;
  }
}

/** Parts of a text in quotes that begin and end beside no letter: an apostrophe is none. */
const quoted = /(?<!\w)(["'`]).*?\1(?!\w)|\u201c[^\u201d]*\u201d|\u00ab[^\u00bb]*\u00bb/gs;
const withDigits = /\S*\d\S*/g;

/** Code and text of an error, less what differs from event to event: numbers, ids, and what is quoted. */
function kindOf(error: unknown): string {
  return `${codeOf(error)}: ${describe(error).replace(quoted, '').replace(withDigits, '')}`;
}
