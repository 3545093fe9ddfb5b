import { ConfigurationError, InvalidEventError } from '../../contract/errors.ts';
import type { CloudEvent, EventParser } from '../../contract/event/event-parser.ts';
import { parseExactJson, path } from '../../contract/event/exact-json.ts';
import { idempotencyKey } from '../../contract/event/identity.ts';
import { truncate } from '../../contract/truncate.ts';
import { isOwnFailure } from '../guarantees/record/count-attempt.ts';
import { describe, ParserError, PermanentError } from '../handler/errors.ts';
import { ignoreRejection, isPromise } from '../handler/promise.ts';
import type { Delivery } from '../ports/record-store.ts';
import { fingerprintLike, fingerprintOf } from './event-content.ts';

/** What an event is called. */
export type Names = Pick<Delivery, 'source' | 'eventId' | 'sequence'>;

/** What identifies an event. A handler may change its event, so this is read before. */
export interface Identity extends Names, Pick<Delivery, 'id' | 'fingerprint'> {
  /**
   * The fingerprint by the algorithm that another one names: see `fingerprintLike`. Of the event or of the body as it came,
   * whichever is the one that is named.
   */
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
  /** The parser failed over a body that names its event: an attempt of that body. */
  | { readonly failed: ParserError }
  /** The parser asks to wait, or its configuration does: says nothing of the event. */
  | { readonly waits: unknown };

export interface Valid<Event extends CloudEvent> {
  readonly event: Event;
  readonly identity: Identity;
}

/**
 * Reads the body of a message, once, when it is asked to. The consumer's parser may hang or end its process, so a suspect's
 * body is not parsed before its turn. What the event is called can be read without that parser.
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
    if (typeof body !== 'string') {
      this.#parsed = { invalid: new InvalidEventError('INVALID_EVENT', 'body: must be a text', 'body') };
    }
    if (refused !== undefined) this.#parsed = { invalid: refused };
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

  /**
   * What the event is called, by the parser if it has run, else by the body itself: never runs the parser. `undefined` where
   * the body is no JSON object with a `source` and an `id`.
   */
  get names(): Names | undefined {
    const parsed = this.#parsed;
    return parsed !== undefined && 'event' in parsed ? parsed.identity : this.asItCame;
  }

  /**
   * The identity that the body itself has, by what no code of the consumer is needed for; `undefined` where it is no JSON
   * object with a `source` and an `id`.
   */
  get asItCame(): Identity | undefined {
    return this.#asItCame()?.identity;
  }

  /** The partition key that the body itself names, or else the parser finds. */
  get partitionkey(): string | undefined {
    const own: unknown = this.#asItCame()?.event.partitionkey;
    if (typeof own === 'string' && own !== '') return own;
    const { content } = this;
    return 'event' in content ? content.event.partitionkey : undefined;
  }

  #asItCame() {
    if (this.#own === undefined) this.#own = readOwn(this.#body, this.#reader.name) ?? null;
    return this.#own ?? undefined;
  }

  #read(): Content<Event> {
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
      id: idempotencyKey(name, event),
      ...namesOf(event),
      fingerprint: fingerprintOf(event, contentOf),
      fingerprintLike: (named) => {
        // Of the body, since a handler may have changed its event by then. Few records name another algorithm. The parser
        // may add and leave out members, and did not when an earlier version of it wrote that record.
        const [parsed, asItCame] = [parse, parseExactJson as EventParser<Event>].map((read) => {
          try {
            return fingerprintLike(named, read(this.#body), contentOf);
          } catch {
            return undefined;
          }
        });
        return asItCame === named ? asItCame : (parsed ?? asItCame);
      },
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
    return this.#asItCame() && { failed: new ParserError(error) };
  }
}

const asynchronousParser =
  'The "parse" of the consumer returned a promise: it must return the event itself, so use a synchronous schema';

function readOwn(body: string, consumer: string) {
  try {
    const event = parseExactJson(body) as CloudEvent;
    const identity: Identity = {
      id: idempotencyKey(consumer, event),
      ...namesOf(event),
      fingerprint: fingerprintOf(event),
      fingerprintLike: (named) => fingerprintLike(named, event),
    };
    return { event, identity };
  } catch {
    return undefined;
  }
}

function namesOf({ source, id: eventId, sequence }: CloudEvent): Names {
  // Records and log lines take no text of any length, and only handlers compare it.
  return { source, eventId, sequence: sequence === undefined ? undefined : truncate(String(sequence)) };
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
