import { ConfigurationError, InvalidEventError } from '../../contract/errors.ts';
import type { CloudEvent, EventParser, ReceivedMessage } from '../../contract/event/event-parser.ts';
import { parseExactJson } from '../../contract/event/exact-json.ts';
import { businessKey, idempotencyKey } from '../../contract/event/identity.ts';
import { truncate } from '../../contract/truncate.ts';
import { describe, isOwnFailure, ParserError, PermanentError } from '../handler/errors.ts';
import { ignoreRejection, isPromise } from '../handler/promise.ts';
import type { Delivery } from '../ports/record-store.ts';
import { fingerprintLike, fingerprintOf } from './event-content.ts';
import { invalidBy } from './event-schemas.ts';

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
  /** Makes the event of a message, as it counts: identity and content are taken from what it returns. */
  readonly parse: EventParser<Event>;
  /** Makes what the handler gets of it. @default - the event as it is */
  complete?(event: Event): Event;
  /** Whether the consumer ignores events of a type, which `complete` refuses. @default - it ignores none */
  ignores?(type: string): boolean;
  /** A method, so that a message of one kind of event is a message of events. */
  fingerprint?(event: Event): unknown;
  /** Names the event, in place of `source` and `id`. */
  key?(event: Event): unknown;
}

/** The event of a body, or why there is none. */
export type Content<Event extends CloudEvent> =
  | Valid<Event>
  /** The body is no event, and never will be. */
  | { readonly invalid: InvalidEventError | PermanentError }
  /** The parser failed over a body that names its event: an attempt of that body. */
  | { readonly failed: ParserError }
  /** The consumer ignores its type. */
  | { readonly ignored: Ignored }
  /** The parser asks to wait, or its configuration does: says nothing of the event. */
  | { readonly waits: unknown };

export interface Ignored {
  readonly type: string;
  /** Why the message is poison, if its event must not be ignored. */
  readonly error: InvalidEventError;
}

export interface Valid<Event extends CloudEvent> {
  readonly event: Event;
  readonly identity: Identity;
}

/**
 * Reads the body of a message, once, when it is asked to. The consumer's parser may hang or end its process, so a suspect's
 * body is not parsed before its turn. What the event is called can be read without that parser.
 */
export class Reading<Event extends CloudEvent> {
  readonly #message: ReceivedMessage;
  readonly #reader: Reader<Event>;
  #own: Own | null | undefined;
  #parsed: Content<Event> | undefined;

  /** @param refused Why the message is poison whatever its body is. */
  constructor(message: ReceivedMessage, reader: Reader<Event>, refused?: InvalidEventError) {
    this.#message = message;
    this.#reader = reader;
    if (typeof message.body !== 'string') {
      this.#parsed = { invalid: new InvalidEventError('INVALID_EVENT', 'body: must be a text', 'body') };
    }
    if (refused !== undefined) this.#parsed = { invalid: refused };
  }

  /** Runs the consumer's parser, if it has not run yet. */
  get content(): Content<Event> {
    this.#parsed ??= this.#read();
    return this.#parsed;
  }

  /** The body's event, if the consumer ignores its type. No code of the consumer runs for that. */
  get ignored(): Ignored | undefined {
    const { parse, ignores } = this.#reader;
    if (ignores === undefined) return undefined;
    if (this.#parsed === undefined) {
      try {
        if (ignores(parse(this.#message).type)) this.#parsed = this.#read();
      } catch {
        return undefined;
      }
    }
    return this.#parsed !== undefined && 'ignored' in this.#parsed ? this.#parsed.ignored : undefined;
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
    return parsed !== undefined && 'event' in parsed ? parsed.identity : this.#asItCame()?.names;
  }

  /**
   * The identity that the body itself has, for which neither parser nor schema is needed; `undefined` if it is no JSON object
   * with a `source` and an `id`, or if the consumer's `key` fails over it.
   */
  get asItCame(): Identity | undefined {
    return this.#asItCame()?.identity();
  }

  /** The partition key that the body itself names, or else the parser finds. */
  get partitionkey(): string | undefined {
    const own: unknown = this.#asItCame()?.event.partitionkey;
    if (typeof own === 'string' && own !== '') return own;
    const { content } = this;
    return 'event' in content ? content.event.partitionkey : undefined;
  }

  #asItCame() {
    if (this.#own === undefined) this.#own = readOwn(this.#message.body, this.#reader) ?? null;
    return this.#own ?? undefined;
  }

  #read(): Content<Event> {
    const { parse, complete, ignores } = this.#reader;
    let event: Event;
    try {
      event = parse(this.#message);
      if (isPromise(event)) {
        ignoreRejection(event);
        throw new ConfigurationError(asynchronousParser);
      }
    } catch (error) {
      return this.#contentOf(error);
    }
    // Before the schema runs, which may change the event. What it says of the data goes before an error of these.
    const identity = attempt(() => this.#identityOf(event));
    let completed: Event;
    try {
      completed = complete?.(event) ?? event;
    } catch (error) {
      if (error instanceof InvalidEventError && ignores?.(event.type)) {
        return { ignored: { type: event.type, error } };
      }
      return this.#contentOf(error);
    }
    try {
      return { event: completed, identity: identity() };
    } catch (error) {
      // If the body names its event, the parser lost that name. A key that is none never gets better.
      const isOfKey =
        error instanceof ConfigurationError ||
        (error instanceof InvalidEventError && error.code === 'INVALID_KEY');
      return (isOfKey ? undefined : this.#failed(error)) ?? this.#contentOf(error);
    }
  }

  #identityOf(event: Event): Identity {
    const reader = this.#reader;
    return {
      id: idOf(event, reader),
      ...namesOf(event),
      fingerprint: fingerprintOf(event, reader),
      fingerprintLike: (named) => {
        // Of the body, since a handler may have changed its event by then. Few records name another algorithm. The parser
        // may add and leave out members, and did not when an earlier version of it wrote that record.
        const asItIs = ({ body }: ReceivedMessage) => parseExactJson(body) as Event;
        const [parsed, asItCame] = [reader.parse, asItIs].map((read) => {
          try {
            return fingerprintLike(named, read(this.#message), reader);
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
    const refusal = refusalBySchema(error);
    if (refusal !== undefined) return { invalid: refusal };
    return this.#failed(error) ?? { invalid: unreadable(error) };
  }

  #failed(error: unknown): Content<Event> | undefined {
    return this.#asItCame() && { failed: new ParserError(error) };
  }
}

function unreadable(cause: unknown): InvalidEventError {
  return new InvalidEventError('INVALID_EVENT', `It cannot be read: ${describe(cause)}`, undefined, {
    cause,
  });
}

const asynchronousParser =
  'The "parse" of the consumer returned a promise: it must return the event itself, so use a synchronous schema';

/** What a body itself says of its event. */
interface Own {
  readonly event: CloudEvent;
  readonly names: Names;
  /** Runs the `key` of the consumer, where there is one. */
  readonly identity: () => Identity | undefined;
}

function readOwn<Event extends CloudEvent>(body: string, reader: Reader<Event>): Own | undefined {
  try {
    const event = parseExactJson(body) as Event;
    idempotencyKey(reader.name, event);
    return {
      event,
      names: namesOf(event),
      identity: () => {
        try {
          const fingerprint = fingerprintOf(event, { key: reader.key });
          return {
            id: idOf(event, reader),
            ...namesOf(event),
            fingerprint,
            fingerprintLike: (named) => {
              try {
                return fingerprintLike(named, event, reader);
              } catch {
                // The `fingerprint` of the consumer needs what its parser makes of the body: then that is other content, as
                // far as can be told.
                return fingerprint;
              }
            },
          };
        } catch {
          return undefined;
        }
      },
    };
  } catch {
    return undefined;
  }
}

/**
 * @throws InvalidEventError for an event without a name, INVALID_KEY for a `key` that is none; ConfigurationError for a `key`
 *   that returns a promise; whatever `key` throws.
 */
function idOf<Event extends CloudEvent>(event: Event, { name, key }: Reader<Event>): string {
  const id = idempotencyKey(name, event);
  if (key === undefined) return id;
  const own = key(event);
  if (isPromise(own)) {
    ignoreRejection(own);
    throw new ConfigurationError('The "key" of the consumer returned a promise: it must return a text');
  }
  return businessKey(name, own);
}

function namesOf({ source, id: eventId, sequence }: CloudEvent): Names {
  // Records and log lines take no text of any length, and only handlers compare it.
  return { source, eventId, sequence: sequence === undefined ? undefined : truncate(String(sequence)) };
}

/**
 * What a validation error says, as the libraries of Standard Schema throw them (zod, valibot, arktype): the schema refused
 * the body. `undefined` for any other error.
 */
function refusalBySchema(error: unknown): InvalidEventError | undefined {
  try {
    const { issues } = error as { readonly issues?: unknown };
    return Array.isArray(issues) && issues.length > 0 ? invalidBy(issues, error) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs it now, and returns or throws later what came of it. */
function attempt<Value>(run: () => Value): () => Value {
  try {
    const value = run();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
