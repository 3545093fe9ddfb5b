import { environmentNames, readOptionalEnvironment } from '../../contract/environment.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { checkConsumerName } from '../../contract/event/consumer-name.ts';
import { type CloudEvent, type EventParser, readEvent } from '../../contract/event/event-parser.ts';
import type {
  EffectHandler,
  ExternalContext,
  ExternalHandler,
  Guarantee,
  HandlerKind,
} from '../guarantees/guarantee.ts';
import type { EffectContext, NoTables, TableDeclarations } from '../handler/tables.ts';
import { type EventOf, type EventSchemas, type ReceivedEventOf, withData } from '../message/event-schemas.ts';
import type { Reader } from '../message/reading.ts';
import { type GuaranteeName, guaranteeNames } from '../ports/record-store.ts';
import { checkTables } from './resolve-tables.ts';

/** The events of a consumer as its handler gets them. */
export type HandledEvent<Schemas extends EventSchemas, Parsed extends CloudEvent> = [Parsed] extends [never]
  ? EventOf<Schemas>
  : NoInfer<Parsed>;

/** The same as they came, before a schema made something else of `data`. */
type ReceivedEvent<Schemas extends EventSchemas, Parsed extends CloudEvent> = [Parsed] extends [never]
  ? ReceivedEventOf<Schemas>
  : NoInfer<Parsed>;

/** Stands in a compiler's message, and says what to do. No value has this type. */
interface Hint<Text extends string> {
  readonly hint: Text;
  readonly none: never;
}

interface Returned {
  readonly effects:
    | ReturnType<EffectHandler<CloudEvent>>
    | Hint<'exactlyOnce() takes a handler that returns a list of effects: [put(...)], or [] for none'>;
  readonly external: ReturnType<ExternalHandler<CloudEvent>>;
}

interface Contexts<Tables extends TableDeclarations> {
  readonly effects: EffectContext<Tables>;
  readonly external: ExternalContext;
}

interface CommonOptions<
  Kind extends HandlerKind,
  Schemas extends EventSchemas,
  Parsed extends CloudEvent,
  Tables extends TableDeclarations,
> {
  /**
   * Part of every idempotency key, so that consumers of one topic don't take each other's records for their own.
   * 1 to 64 letters, digits, `-` and `_`. Renaming a consumer makes every event new to it.
   * @default - the environment variable `ORDER_ONCE_CONSUMER`, which `IdempotentConsumer` sets to its `consumerName`
   */
  readonly name?: string;
  /**
   * Returns the part of an event that counts as its content, as JSON. An event that comes again with other content is a
   * conflict: it goes to the dead-letter queue. It gets the event as it came, whatever its schema makes of `data`. It must
   * return the same for an event every time; if it changes while its records count, a repeated event may become a conflict.
   * An error that it throws is a failed attempt, as an error of the parser is.
   * @default - all of the event but `time`, `recordedtime`, `traceparent` and `tracestate`; with a `key`, also without `id`,
   *   `source` and `sequence`
   */
  readonly fingerprint?: (event: ReceivedEvent<Schemas, Parsed>) => unknown;
  /**
   * Names the event, in place of its `source` and `id`: for producers that make a new id whenever they send an event again.
   * Events of one key are one event: the first is applied, the others are duplicates, or conflicts if their content differs.
   *
   *   key: ({ type, subject }) => `${type}/${subject}`,
   *
   * It must return the same text for an event every time, and gets the event as it came. With it the fingerprint leaves out
   * `id`, `source` and `sequence`. A key that is no text, empty or longer than 2,000 bytes is poison. A consumer that gets a
   * key, or another one, takes every event for a new one.
   * @default - `source` and `id` name the event
   */
  readonly key?: (event: ReceivedEvent<Schemas, Parsed>) => string;
  /** `exactlyOnce()`, `atLeastOnce({ providerKeyRetention })` or `atMostOnce()`. */
  readonly guarantee: Guarantee<Kind>;
  /**
   * The tables that the effects write to, under names of their own, each with its key: the name of the partition key, or
   * `[partition key, sort key]`. Their names in DynamoDB come from `IdempotentConsumer`, whose `tables` has the same
   * names. A table without its name is a `ConfigurationError` at the first invocation: messages wait.
   *
   *   tables: { seats: 'seat', halls: ['hall', 'date'] },
   *
   * The key tells which effects are on one item, so that several events can be committed at once.
   * @default - none: effects name tables by text, and an event that puts whole items is committed alone
   */
  readonly tables?: Tables;
  /**
   * The guarantees that this consumer had before: what it completed under them counts as applied. A completed record of
   * any other guarantee makes its message wait with a `ConfigurationError`, because it may be of another consumer that has
   * this one's name and record table.
   * @default - none: the consumer has always had this guarantee
   */
  readonly formerly?: GuaranteeName | readonly GuaranteeName[];
  /**
   * Returns effects under exactly-once. Under the others it acts itself, and returns what is stored for duplicates.
   *
   *   handle: ({ data, partitionkey: hall }, { tables }) => [
   *     put(tables.seats, { seat: `${hall}/${data.seat}`, price: data.price }),
   *   ],
   */
  readonly handle: (
    event: HandledEvent<Schemas, Parsed>,
    context: Contexts<NoInfer<Tables>>[NoInfer<Kind>],
  ) => Returned[NoInfer<Kind>];
  /**
   * Message groups of a batch that are worked on at once. Inside of a group it is always one message after the other.
   * @default 10, every group of the largest batch that Lambda takes from a FIFO queue
   */
  readonly concurrency?: number;
}

interface EventsBySchema<Schemas extends EventSchemas> {
  /**
   * The types of events that the handler takes, each with the schema of its `data`: any Standard Schema (valibot, zod,
   * arktype). The library checks the envelope and exact numbers before, on the text of the body.
   *
   *   events: { 'seat.booked': v.object({ seat: v.string(), price: v.number() }) },
   *
   * The handler gets the schema's output in `data`; the fingerprint is that of the event as it came. If the schema has an
   * issue, or the type is not among them, the message is poison: it goes to the dead-letter queue, and the reason names the
   * field. A schema that returns a promise is a ConfigurationError: messages wait. A schema that throws has failed over the
   * event: an attempt, see `parse`.
   */
  readonly events: Schemas;
  /**
   * Types of events that this consumer has no use for: `['seat.released']`, or `'others'` for all that are not in `events`.
   * Their messages are acknowledged and leave no record; log lines with the outcome `ignored` name their `eventType`, and the
   * metric `Ignored` counts them. An event that was begun and not applied, by a version that took its type, is never ignored:
   * its message is poison.
   * @default - none: a message of another type is poison
   */
  readonly ignore?: readonly string[] | 'others';
  readonly parse?: 'createConsumer takes "events" or "parse", not both: remove one';
}

interface EventsByParser<Parsed extends CloudEvent> {
  /**
   * In place of `events`: makes the event of a message's body and attributes. See `eventParser`. It is synchronous. It runs
   * before anything of the batch begins; for a message that may end its process alone, after all others.
   *
   * An `InvalidEventError`, a `PermanentError`, and any error with a list of `issues` (zod, valibot, arktype) say that the
   * body is no event: poison, at once. So is a body that fails the parser and is no JSON object with a `source` and an
   * `id`. Any other error is a failed attempt, as an error of the handler is (under at-most-once too, since nothing
   * happened): five attempts and a minute, then the dead-letter queue. A `ConfigurationError` or `NotExecutedError`, and a
   * promise that it returns, make the message wait.
   */
  readonly parse: EventParser<Parsed>;
  readonly ignore?: '"ignore" needs "events": a parser throws for an event that the consumer has no use for';
  readonly events?: 'createConsumer takes "events" or "parse", not both: remove one';
}

/** Exactly one of `events` and `parse` says which events the consumer takes. */
export type ConsumerOptions<
  Kind extends HandlerKind,
  Schemas extends EventSchemas = never,
  Parsed extends CloudEvent = never,
  Tables extends TableDeclarations = NoTables,
> = CommonOptions<Kind, Schemas, Parsed, Tables> & (EventsBySchema<Schemas> | EventsByParser<Parsed>);

/** The options without their types: what is checked and read at run time. */
type AnyOptions = Pick<
  CommonOptions<HandlerKind, never, never, NoTables>,
  'name' | 'formerly' | 'concurrency'
> & {
  readonly tables?: TableDeclarations;
  readonly events?: unknown;
  readonly parse?: unknown;
  readonly ignore?: unknown;
  readonly fingerprint?: unknown;
  readonly key?: unknown;
  readonly guarantee?: unknown;
  readonly handle?: unknown;
};

/**
 * Checks the options of a consumer. esbuild checks no types, so a wrong combination may get here.
 * @throws ConfigurationError that names the option, its value and the fix.
 */
export function checkOptions(options: AnyOptions): void {
  const {
    name,
    formerly = [],
    concurrency,
    events,
    parse,
    ignore,
    fingerprint,
    key,
    guarantee,
    handle,
    tables,
  } = options;
  if (name !== undefined) checkConsumerName('name', name);
  for (const former of [formerly].flat()) {
    if (!guaranteeNames.includes(former)) {
      throw new ConfigurationError(
        `formerly is ${JSON.stringify(former)}; it must be one of ${guaranteeNames.join(', ')}, or a list of them`,
      );
    }
  }
  if (concurrency !== undefined && (!Number.isSafeInteger(concurrency) || concurrency < 1)) {
    throw new ConfigurationError(`concurrency is ${concurrency}; it must be a whole number of 1 or more`);
  }
  if ((events === undefined) === (parse === undefined)) {
    const given = events === undefined ? 'neither is given' : 'both are given';
    throw new ConfigurationError(`createConsumer takes "events" or "parse", and ${given}: give exactly one`);
  }
  if (parse !== undefined) checkFunction('parse', parse);
  if (events !== undefined) checkSchemas(events);
  if (ignore !== undefined) checkIgnored(ignore, events);
  if (fingerprint !== undefined) checkFunction('fingerprint', fingerprint);
  if (key !== undefined) checkFunction('key', key);
  checkFunction('handle', handle);
  const kind = (guarantee as Partial<Guarantee<HandlerKind>> | null | undefined)?.kind;
  if (kind !== 'effects' && kind !== 'external') {
    throw new ConfigurationError(
      `guarantee is ${told(guarantee)}; it must be exactlyOnce(), atLeastOnce({ providerKeyRetention }) or atMostOnce()`,
    );
  }
  if (tables === undefined) return;
  if (kind !== 'effects') {
    throw new ConfigurationError(
      'tables: only a handler under exactlyOnce() has effects on tables. Leave the option out',
    );
  }
  checkTables(tables);
}

function checkFunction(option: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new ConfigurationError(`${option} is ${told(value)}; it must be a function`);
}

function checkSchemas(events: unknown): void {
  const schemas = Object.entries(events ?? {});
  if (schemas.length === 0) {
    throw new ConfigurationError(
      `events is ${told(events)}; it must name at least one type and its schema: { 'seat.booked': v.object({ ... }) }`,
    );
  }
  for (const [type, schema] of schemas) {
    if (typeof schema?.['~standard']?.validate === 'function') continue;
    throw new ConfigurationError(
      `events: what stands for ${JSON.stringify(type)} is no Standard Schema; use one of valibot, zod or arktype`,
    );
  }
}

function checkIgnored(ignore: unknown, events: unknown): void {
  if (events === undefined) {
    throw new ConfigurationError('ignore needs "events": with "parse" there are no types that it could name');
  }
  if (ignore === 'others') return;
  if (!Array.isArray(ignore) || !ignore.every((type) => typeof type === 'string' && type !== '')) {
    throw new ConfigurationError(`ignore is ${told(ignore)}; it must be a list of types, or 'others'`);
  }
  const both = ignore.find((type) => Object.hasOwn(events as object, type));
  if (both !== undefined) {
    throw new ConfigurationError(
      `ignore names ${JSON.stringify(both)}, which is in "events": remove one of them`,
    );
  }
}

function told(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? `an object with ${JSON.stringify(Object.keys(value))}`
    : String(value);
}

/** How messages are read, as the options say. */
export function readerOf<
  Kind extends HandlerKind,
  Schemas extends EventSchemas,
  Parsed extends CloudEvent,
  Tables extends TableDeclarations,
>(
  name: string,
  options: ConsumerOptions<Kind, Schemas, Parsed, Tables>,
): Reader<HandledEvent<Schemas, Parsed>> {
  type Event = HandledEvent<Schemas, Parsed>;
  const { events, parse } = options;
  const { fingerprint, key } = options as Pick<Reader<Event>, 'fingerprint' | 'key'>;
  const base = { name, ...(fingerprint !== undefined && { fingerprint }), ...(key !== undefined && { key }) };
  if (typeof events !== 'object')
    return { ...base, parse: parse as EventParser<CloudEvent> as EventParser<Event> };
  const { ignore } = options;
  const isIgnored = (type: string) =>
    !Object.hasOwn(events, type) && (ignore === 'others' || ignore?.includes(type) === true);
  return {
    ...base,
    ...(ignore !== undefined && { ignores: isIgnored }),
    parse: ({ body }) => readEvent(body) as Event,
    complete: (event) => withData(events, event) as Event,
  };
}

/**
 * The consumer's name from the environment of its function.
 * @throws ConfigurationError if the environment has none, or one that could not be part of a key.
 */
export function nameFromEnvironment(): string {
  const variable = environmentNames.consumerName;
  const name = readOptionalEnvironment(environmentNames.consumerName);
  if (name === undefined) {
    throw new ConfigurationError(
      `The consumer has no name: the environment variable ${variable}, which IdempotentConsumer sets, is not set. ` +
        'Set it, or give createConsumer the option "name"',
    );
  }
  checkConsumerName(`Environment variable ${variable}`, name);
  return name;
}
