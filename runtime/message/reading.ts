import { ConfigurationError, InvalidEventError } from '../../contract/errors.ts';
import type { CloudEvent, EventParser, ReceivedMessage } from '../../contract/event/event-parser.ts';
import { parseExactJson } from '../../contract/event/exact-json.ts';
import { algorithmOf, ownContent } from '../../contract/event/fingerprint.ts';
import { businessKey, idempotencyKey, maxKeyBytes } from '../../contract/event/identity.ts';
import { truncate } from '../../contract/truncate.ts';
import { describe, isOwnFailure, ParserError, PermanentError } from '../handler/errors.ts';
import { ignoreRejection, isPromise } from '../handler/promise.ts';
import type { Delivery } from '../ports/record-store.ts';
import { fingerprintLike, fingerprintOf } from './event-content.ts';
import { invalidBy } from './event-schemas.ts';

/** The names of an event. */
export type Names = Pick<Delivery, 'source' | 'eventId' | 'sequence' | 'subject'>;

/** Parts of an event that only log lines need. */
export interface Told {
  readonly subject?: string;
  /** CloudEvents' distributed tracing extension, in the format of W3C Trace Context. */
  readonly traceparent?: string;
}

/** The identity of an event. It is read before the handler runs, because a handler may change its event. */
export interface Identity extends Names, Pick<Delivery, 'id' | 'fingerprint'> {
  /** Returns the fingerprint by the algorithm of another fingerprint: see `fingerprintLike`. */
  readonly fingerprintLike: (named: string) => string | undefined;
}

/** How a consumer reads a body. */
export interface Reader<Event extends CloudEvent> {
  /** The consumer's name, part of the idempotency key. */
  readonly name: string;
  /** Returns the event of a message. Identity and fingerprint are computed from this event. */
  readonly parse: EventParser<Event>;
  /** Returns the event for the handler. @default - the unchanged event */
  complete?(event: Event): Event;
  /** Whether the consumer ignores events of a type, which `complete` refuses. @default - it ignores no type */
  ignores?(type: string): boolean;
  /** Declared as a method, so that a message of one event type is assignable to a message of any event. */
  fingerprint?(event: Event): unknown;
  /** Returns the event's own key, instead of `source` and `id`. */
  key?(event: Event): unknown;
}

/** The event of a body, or the reason why there is none. */
export type Content<Event extends CloudEvent> =
  | Valid<Event>
  /** The body is not a valid event, and a retry cannot help. */
  | { readonly invalid: InvalidEventError | PermanentError }
  /** The parser failed on a body that names its event: a failed attempt of that body. */
  | { readonly failed: ParserError }
  /** The consumer ignores the event's type. */
  | { readonly ignored: Ignored }
  /** The message waits, because of a NotExecutedError or a configuration error. */
  | { readonly waits: unknown };

export interface Ignored {
  readonly type: string;
  /** The error of the message if its event must not be ignored. */
  readonly error: InvalidEventError;
}

export interface Valid<Event extends CloudEvent> {
  readonly event: Event;
  readonly identity: Identity;
}

/**
 * Reads the body of a message lazily and once. The consumer's parser may hang or end its process, so a suspect's body
 * is not parsed before its turn. The names of the event can be read without the parser.
 */
export class Reading<Event extends CloudEvent> {
  readonly #message: ReceivedMessage;
  readonly #reader: Reader<Event>;
  #body: Body<Event> | null | undefined;
  #parsed: Content<Event> | undefined;
  #told: Told | undefined;
  /** Set if the consumer has read the body, and found no event that it takes. */
  #unread: Identity | undefined;

  /** @param refused Set if the message is poison whatever its body is. */
  constructor(message: ReceivedMessage, reader: Reader<Event>, refused?: InvalidEventError) {
    this.#message = message;
    this.#reader = reader;
    if (typeof message.body !== 'string') {
      this.#parsed = { invalid: new InvalidEventError('INVALID_EVENT', 'body: must be a text', 'body') };
    }
    if (refused !== undefined) this.#parsed = { invalid: refused };
  }

  /**
   * Runs the consumer's parser, if it has not run yet. Where there is no event in the end, `key` and `fingerprint` of the
   * consumer run on the body at once: each may end its process, so it must not run later, when nothing counts it.
   */
  get content(): Content<Event> {
    if (this.#parsed === undefined) {
      this.#parsed = this.#read();
      if (!('event' in this.#parsed)) this.#unread = this.#bodyRead?.identity(true);
    }
    return this.#parsed;
  }

  /**
   * The body's event if the consumer ignores its type. No code of the consumer runs for this, so a consumer with a `key`
   * or a `fingerprint` has to read the body first.
   */
  get ignored(): Ignored | undefined {
    const { parse, ignores, key, fingerprint } = this.#reader;
    if (ignores === undefined) return undefined;
    if (this.#parsed === undefined && key === undefined && fingerprint === undefined) {
      try {
        if (ignores(parse(this.#message).type)) this.#parsed = this.#read();
      } catch {
        return undefined;
      }
    }
    return this.#parsed !== undefined && 'ignored' in this.#parsed ? this.#parsed.ignored : undefined;
  }

  /** The content if the parser has run; never runs the parser. */
  get parsed(): Content<Event> | undefined {
    return this.#parsed;
  }

  /**
   * The names of the event: from the parser if it has run, otherwise from the body. Never runs the parser. `undefined`
   * if the body is not a JSON object with a `source` and an `id`.
   */
  get names(): Names | undefined {
    const parsed = this.#parsed;
    return parsed !== undefined && 'event' in parsed ? parsed.identity : this.#bodyRead?.names;
  }

  /** From the parser if it has run, otherwise from the body. Never runs the parser. */
  get told(): Told {
    const unparsed = () => {
      const body = this.#bodyRead;
      return body === undefined ? {} : toldBy(body.event);
    };
    return this.#told ?? unparsed();
  }

  /**
   * The identity of the unparsed body, without parser and schema. No code of the consumer runs for this. `undefined` if
   * the body is not a JSON object with a `source` and an `id`, if the consumer's `key` failed on it, or if that `key` has
   * not run yet, because `content` was not read.
   */
  get asItCame(): Identity | undefined {
    return this.#unread ?? this.#bodyRead?.identity(false);
  }

  /** The partition key of the body, or else of the parsed event. */
  get partitionkey(): string | undefined {
    const own: unknown = this.#bodyRead?.event.partitionkey;
    if (typeof own === 'string' && own !== '') return own;
    const { content } = this;
    return 'event' in content ? content.event.partitionkey : undefined;
  }

  get #bodyRead(): Body<Event> | undefined {
    if (this.#body === undefined) this.#body = bodyOf(this.#message.body, this.#reader) ?? null;
    return this.#body ?? undefined;
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
    // Read before the schema and the handler run, because they may change the event.
    this.#told = orUndefined(() => toldBy(event));
    // Computed before the schema runs, because a schema may change the event. An error of the schema takes precedence
    // over an error of these.
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
      // If the body names its event, the parser has lost that name. An invalid key is permanent.
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
        // From the body, because a handler may have changed its event by then. Few records name another algorithm. The
        // parser may add or leave out members that an earlier version of it did not when that record was written.
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
    return this.#bodyRead && { failed: new ParserError(error) };
  }
}

function unreadable(cause: unknown): InvalidEventError {
  return new InvalidEventError('INVALID_EVENT', `It cannot be read: ${describe(cause)}`, undefined, {
    cause,
  });
}

const asynchronousParser =
  'The "parse" of the consumer returned a promise: it must return the event itself, so use a synchronous schema';

/** The event that an unparsed body names. */
interface Body<Event extends CloudEvent> {
  readonly event: Event;
  readonly names: Names;
  /** @param runsCode Whether `key` and `fingerprint` of the consumer may run. */
  identity(runsCode: boolean): Identity | undefined;
}

function bodyOf<Event extends CloudEvent>(body: string, reader: Reader<Event>): Body<Event> | undefined {
  try {
    const event = parseExactJson(body) as Event;
    idempotencyKey(reader.name, event);
    const identity = (runsCode: boolean) => orUndefined(() => identityOfBody(event, reader, runsCode));
    return { event, names: namesOf(event), identity };
  } catch {
    return undefined;
  }
}

function identityOfBody<Event extends CloudEvent>(
  event: Event,
  reader: Reader<Event>,
  runsCode: boolean,
): Identity | undefined {
  if (reader.key !== undefined && !runsCode) return undefined;
  const fingerprint = fingerprintOf(event, { key: reader.key });
  // Undefined also if the consumer's `fingerprint` needs what the parser makes of the body.
  const own = runsCode ? orUndefined(() => fingerprintOf(event, reader)) : undefined;
  return {
    id: idOf(event, reader),
    ...namesOf(event),
    fingerprint,
    fingerprintLike: (named) => {
      const isOwn = algorithmOf(named) === ownContent && reader.fingerprint !== undefined;
      // Without a result, the event counts as one with other content.
      return isOwn ? (own ?? fingerprint) : fingerprintLike(named, event);
    },
  };
}

function orUndefined<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/**
 * @throws InvalidEventError for an event without `source` or `id`, INVALID_KEY for an invalid `key`; ConfigurationError
 *   for a `key` that returns a promise; the error of `key`.
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

function namesOf({ source, id: eventId, sequence, subject }: CloudEvent): Names {
  return {
    source,
    eventId,
    // Truncated, because records and log lines have limited room, and only handlers compare sequences.
    sequence: sequence === undefined ? undefined : truncate(String(sequence)),
    subject: isKeyOfIndex(subject) ? subject : undefined,
  };
}

/**
 * DynamoDB refuses an item whose key of an index is no text, empty or too long. A parser of the consumer's own may leave
 * half of a surrogate pair, which is no text of UTF-8.
 */
function isKeyOfIndex(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) return false;
  return Buffer.byteLength(value) <= maxKeyBytes;
}

/** The texts may be of any length, and an unparsed body may have any values there. */
function toldBy(event: CloudEvent & { readonly traceparent?: unknown }): Told {
  const { subject, traceparent }: { subject?: unknown; traceparent?: unknown } = event ?? {};
  return {
    ...(typeof subject === 'string' && { subject: truncate(subject) }),
    ...(isTraceparent(traceparent) && { traceparent }),
  };
}

/** Whether a value is a `traceparent` (W3C Trace Context, "traceparent Header Field Values"). */
export function isTraceparent(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(value);
}

/**
 * Translates a validation error of a Standard Schema library (zod, valibot, arktype), which means that the schema
 * refused the body. `undefined` for any other error.
 */
function refusalBySchema(error: unknown): InvalidEventError | undefined {
  try {
    const { issues } = error as { readonly issues?: unknown };
    return Array.isArray(issues) && issues.length > 0 ? invalidBy(issues) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a function now. The returned function returns its result or throws its error. */
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
