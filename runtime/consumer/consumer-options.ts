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

/** The events that a consumer's handler gets. */
export type HandledEvent<Schemas extends EventSchemas, Parsed extends CloudEvent> = [Parsed] extends [never]
  ? EventOf<Schemas>
  : NoInfer<Parsed>;

/** The same events before a schema changes `data`. */
type ReceivedEvent<Schemas extends EventSchemas, Parsed extends CloudEvent> = [Parsed] extends [never]
  ? ReceivedEventOf<Schemas>
  : NoInfer<Parsed>;

/** A type whose text appears in a compiler error and names the fix. No value has this type. */
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
   * The consumer's name. It is part of every idempotency key, so that consumers of one topic have separate records. 1
   * to 64 letters, digits, `-` and `_`. Renaming a consumer makes every event new to it.
   * @default - the environment variable `ORDER_ONCE_CONSUMER`, which `IdempotentConsumer` sets to its `consumerName`
   */
  readonly name?: string;
  /**
   * Returns the content of an event as JSON. An event that arrives again with other content is a conflict and goes to
   * the dead-letter queue. The function gets the original event, before a schema changes `data`. It must return the
   * same content for an event every time. If the function changes while its records live, a repeated event may become a
   * conflict. If it throws, the attempt fails, as after an error of the parser.
   * @default - the event without `time`, `recordedtime`, `traceparent` and `tracestate`; with a `key`, also without
   *   `id`, `source` and `sequence`
   */
  readonly fingerprint?: (event: ReceivedEvent<Schemas, Parsed>) => unknown;
  /**
   * Returns the identity of an event, instead of its `source` and `id`. Use it if producers make a new id each time
   * they send an event again. Events with the same key are one event: the first one is applied, and the others are
   * duplicates, or conflicts if their content differs.
   *
   *   key: ({ type, subject }) => `${type}/${subject}`,
   *
   * The function gets the original event, and must return the same text for an event every time. The fingerprint then
   * leaves out `id`, `source` and `sequence`. An event whose key is not a text, is empty, or is longer than 2,000 bytes
   * is poison. If you add or change `key`, every event counts as new.
   * @default - `source` and `id` name the event
   */
  readonly key?: (event: ReceivedEvent<Schemas, Parsed>) => string;
  /** `exactlyOnce()`, `atLeastOnce({ providerKeyRetention })` or `atMostOnce()`. */
  readonly guarantee: Guarantee<Kind>;
  /**
   * The tables that the effects write to. Each has a name of your choice and its key: the name of the partition key, or
   * `[partition key, sort key]`. `tables` of `IdempotentConsumer` has the same names, and gives the function their
   * names in DynamoDB. If a table is missing there, the first invocation fails with a `ConfigurationError`, and
   * messages wait.
   *
   *   tables: { seats: 'seat', halls: ['hall', 'date'] },
   *
   * The key shows which effects are on the same item, so that several events can be committed in one transaction.
   * @default - none: effects name tables by text, and an event that puts whole items is committed alone
   */
  readonly tables?: Tables;
  /**
   * The guarantees that this consumer had before. Events that it completed under them count as applied. A completed
   * record of any other guarantee makes its message wait with a `ConfigurationError`, because the record may belong to
   * another consumer with the same name and record table.
   * @default - none: the consumer has always had this guarantee
   */
  readonly formerly?: GuaranteeName | readonly GuaranteeName[];
  /**
   * The handler. Under exactly-once it returns effects. Under the other guarantees it acts itself, and its result is
   * stored in the record.
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
   * Number of message groups of a batch that are handled at once. Messages of one group always run one after the other.
   * @default 10, every group of the largest batch of a FIFO queue
   */
  readonly concurrency?: number;
}

interface EventsBySchema<Schemas extends EventSchemas> {
  /**
   * The event types that the handler accepts, each with the schema of its `data`: any Standard Schema (valibot, zod,
   * arktype). Before a schema runs, the library checks the envelope and exact numbers in the text of the body.
   *
   *   events: { 'seat.booked': v.object({ seat: v.string(), price: v.number() }) },
   *
   * The handler gets the schema's output in `data`; the fingerprint covers the original event. If the schema reports an
   * issue, or `events` does not contain the type, the message is poison: it goes to the dead-letter queue, and the
   * reason names the field. If a schema returns a promise, messages wait with a ConfigurationError. If a schema throws,
   * an attempt of the event fails, as with `parse`.
   */
  readonly events: Schemas;
  /**
   * Event types that this consumer does not need: `['seat.released']`, or `'others'` for all types that are not in
   * `events`. Their messages are acknowledged and leave no record. Log lines with the outcome `ignored` name the
   * `eventType`, and the metric `Ignored` counts them. If an earlier version accepted the type and left an unfinished
   * record of the event, the message is poison instead.
   * @default - none: a message of another type is poison
   */
  readonly ignore?: readonly string[] | 'others';
  readonly parse?: 'createConsumer takes "events" or "parse", not both: remove one';
}

interface EventsByParser<Parsed extends CloudEvent> {
  /**
   * A parser, instead of `events`: returns the event of a message's body and attributes. See `eventParser`. It is
   * synchronous. It runs before any handler of the batch starts; for a suspect it runs after all other messages.
   *
   * If the parser throws an `InvalidEventError`, a `PermanentError` or any error with a list of `issues` (zod, valibot,
   * arktype), the body is not an event, and the message is poison at once. The same applies to any other error if the
   * body is not a JSON object with a `source` and an `id`. Otherwise an error is a failed attempt, like an error of the
   * handler (under at-most-once too, because nothing happened): after five attempts and a minute the message goes to
   * the dead-letter queue. A `ConfigurationError`, a `NotExecutedError` or a returned promise make the message wait.
   */
  readonly parse: EventParser<Parsed>;
  readonly ignore?: '"ignore" needs "events": a parser throws for an event that the consumer has no use for';
  readonly events?: 'createConsumer takes "events" or "parse", not both: remove one';
}

/** The options of a consumer: exactly one of `events` and `parse`, and the common options. */
export type ConsumerOptions<
  Kind extends HandlerKind,
  Schemas extends EventSchemas = never,
  Parsed extends CloudEvent = never,
  Tables extends TableDeclarations = NoTables,
> = CommonOptions<Kind, Schemas, Parsed, Tables> & (EventsBySchema<Schemas> | EventsByParser<Parsed>);

/** The options without their types, for the checks at run time. */
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
 * Checks the options of a consumer, because esbuild does not check types.
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

/** Makes the reader of messages from the options. */
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
 * Reads the consumer's name from the environment of its function.
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
