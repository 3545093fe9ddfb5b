import { ConfigurationError, InvalidEventError } from '../contract/errors.ts';
import type { CloudEvent, EventParser } from '../contract/event.ts';
import { parseExactJson, path } from '../contract/exact-json.ts';
import { fingerprint } from '../contract/fingerprint.ts';
import { idempotencyKey } from '../contract/identity.ts';
import { shorten } from '../contract/shorten.ts';
import { fingerprintLike, fingerprintOf } from './content.ts';
import { describe, ParserError, PermanentError } from './errors.ts';
import { isOwnFailure } from './guarantees/count-attempt.ts';
import { ignoreRejection, isPromise } from './promise.ts';
import type { Delivery } from './stores/record-store.ts';

/** What identifies an event. A handler may change its event, so this is read before. */
export interface Identity extends Pick<Delivery, 'id' | 'fingerprint' | 'source' | 'eventId' | 'sequence'> {
  /** The fingerprint by the algorithm that another one names: see `fingerprintLike`. */
  readonly fingerprintLike: (named: string) => string | undefined;
}

/** How a consumer reads a body. */
export interface Reader<Event extends CloudEvent> {
  /** The consumer's name, part of the idempotency key. */
  readonly name: string;
  readonly parse: EventParser<Event>;
  /** A method, so that a message of one kind of event is a message of events. */
  fingerprint?(event: Event): unknown;
}

/** The event of a body, or why there is none. */
export type Content<Event extends CloudEvent> =
  | Valid<Event>
  /** The body is no event, and never will be. */
  | { readonly invalid: InvalidEventError | PermanentError }
  /** The parser failed over the body of the event that has this identity: an attempt of that event. */
  | { readonly failed: ParserError; readonly identity: Identity }
  /** The parser asks to wait, or its configuration does: says nothing of the event. */
  | { readonly waits: unknown };

export interface Valid<Event extends CloudEvent> {
  readonly event: Event;
  readonly identity: Identity;
}

/**
 * Reads the body of a message, once, when it is asked to. The consumer's parser may hang or end its process, so a suspect's
 * body is not parsed before its turn. The event's identity can be read without that parser.
 */
export class Reading<Event extends CloudEvent> {
  readonly #body: string;
  readonly #reader: Reader<Event>;
  #own: { readonly event: CloudEvent; readonly identity: Identity } | null | undefined;
  #parsed: Content<Event> | undefined;

  /** @param refused Why the message is poison whatever its body is. */
  constructor(body: string, reader: Reader<Event>, refused?: InvalidEventError) {
    this.#body = body;
    this.#reader = reader;
    if (refused !== undefined) this.#parsed = { invalid: refused };
  }

  /** The identity that the body itself has; `undefined` where it is no JSON object with a `source` and an `id`. */
  get asItCame(): Identity | undefined {
    return this.#asItCame()?.identity;
  }

  /** Runs the consumer's parser, if it has not run yet. */
  get content(): Content<Event> {
    this.#parsed ??= this.#read();
    return this.#parsed;
  }

  /** The same, if the parser has run: never runs it. */
  get parsed(): Content<Event> | undefined {
    return this.#parsed;
  }

  /** The event's identity as far as it is known: never runs the parser. */
  get identity(): Identity | undefined {
    const parsed = this.#parsed;
    return parsed !== undefined && 'event' in parsed ? parsed.identity : this.asItCame;
  }

  /** The partition key that the body itself names, or else the parser finds. */
  get partitionkey(): string | undefined {
    const own: unknown = this.#asItCame()?.event.partitionkey;
    if (typeof own === 'string' && own !== '') return own;
    const { content } = this;
    return 'event' in content ? content.event.partitionkey : undefined;
  }

  #asItCame() {
    if (this.#own === undefined) this.#own = readOwn(this.#body, this.#reader) ?? null;
    return this.#own ?? undefined;
  }

  #read(): Content<Event> {
    if (typeof this.#body !== 'string') {
      return { invalid: new InvalidEventError('INVALID_EVENT', 'body: must be a text', 'body') };
    }
    let event: Event;
    try {
      event = this.#reader.parse(this.#body);
      if (isPromise(event)) {
        ignoreRejection(event);
        throw new ConfigurationError(asynchronousParser);
      }
    } catch (error) {
      return this.#contentOf(error);
    }
    try {
      return { event, identity: this.#identityOf(event) };
    } catch (error) {
      // If the body names its event, the parser lost that name.
      return this.#failed(error) ?? this.#contentOf(error);
    }
  }

  #identityOf(event: Event): Identity {
    const { name, parse, fingerprint: contentOf } = this.#reader;
    return {
      ...namesOf(event, name),
      fingerprint: fingerprintOf(event, contentOf),
      // Of the body, since a handler may have changed its event by then. Few records name another algorithm.
      fingerprintLike: (named) => fingerprintLike(named, parse(this.#body), contentOf),
    };
  }

  #contentOf(error: unknown): Content<Event> {
    if (error instanceof InvalidEventError || error instanceof PermanentError) return { invalid: error };
    if (!isOwnFailure(error)) return { waits: error };
    const issue = issueOf(error);
    if (issue !== undefined) return { invalid: invalidBy(error, issue.message, issue.field) };
    return this.#failed(error) ?? { invalid: invalidBy(error, `It cannot be read: ${describe(error)}`) };
  }

  #failed(error: unknown): Content<Event> | undefined {
    const identity = this.asItCame;
    return identity && { failed: new ParserError(error), identity };
  }
}

const asynchronousParser =
  'The "parse" of the consumer returned a promise: it must return the event itself, so use a synchronous schema';

function readOwn<Event extends CloudEvent>(body: string, { name, fingerprint: contentOf }: Reader<Event>) {
  try {
    const event = parseExactJson(body) as Event;
    const whole = fingerprint(event);
    // No parser has checked the event, so its content may not be found where it is looked for.
    const unchecked = <Found>(find: () => Found) => {
      try {
        return find();
      } catch {
        return whole;
      }
    };
    const identity: Identity = {
      ...namesOf(event, name),
      fingerprint: unchecked(() => fingerprintOf(event, contentOf)),
      fingerprintLike: (named) => unchecked(() => fingerprintLike(named, event, contentOf)),
    };
    return { event, identity };
  } catch {
    return undefined;
  }
}

function namesOf(event: CloudEvent, consumer: string) {
  const { source, id: eventId } = event;
  // Records and log lines take no text of any length, and only handlers compare it.
  const sequence = event.sequence === undefined ? undefined : shorten(String(event.sequence));
  return { id: idempotencyKey(consumer, event), source, eventId, sequence };
}

/**
 * The first issue of a validation error, as the libraries of Standard Schema report them (zod, valibot, arktype): the
 * schema refused the body. `undefined` for any other error.
 */
function issueOf(error: unknown): { readonly message: string; readonly field?: string } | undefined {
  try {
    const { issues } = error as { readonly issues?: unknown };
    if (!Array.isArray(issues) || issues.length === 0) return undefined;
    const [{ message, path: keys }] = issues;
    const field = Array.isArray(keys) ? path(keys.map((key) => String(key?.key ?? key))) : '';
    return field === '' ? { message: String(message) } : { message: `${field}: ${message}`, field };
  } catch {
    return undefined;
  }
}

function invalidBy(cause: unknown, message: string, field?: string): InvalidEventError {
  return new InvalidEventError('INVALID_EVENT', message, field, { cause });
}
