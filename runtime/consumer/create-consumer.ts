import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { HistoryRecorder } from '../delivery/history-recorder.ts';
import type { EffectHandler, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import type { NoTables, TableDeclarations } from '../handler/tables.ts';
import { CommonFailure } from '../message/common-failure.ts';
import type { EventSchemas } from '../message/event-schemas.ts';
import type { Reader } from '../message/reading.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import {
  type ConsumerOptions,
  checkOptions,
  type HandledEvent,
  nameFromEnvironment,
  readerOf,
} from './consumer-options.ts';
import { checkGuarantee, dependenciesFromEnvironment } from './dependencies-from-environment.ts';
import { identify } from './identify.ts';
import { type Consumer, Invocation } from './invocation.ts';
import { isIdentifyRequest, readInvocation } from './lambda-event.ts';
import { resolveTables } from './resolve-tables.ts';
import { TimeEstimate } from './time-estimate.ts';

/** An AWS Lambda handler for an SQS event source with `ReportBatchItemFailures`. */
export interface ConsumerHandler {
  (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse>;
  /** For `order-once/testing`. Absent if the consumer was created with dependencies. */
  readonly [withDependencies]?: Rewiring;
}

/** Lets `order-once/testing` create the same consumer in memory. */
export interface Rewiring {
  /** The tables that the consumer declares. */
  readonly tables: TableDeclarations;
  /**
   * Creates the same consumer with other dependencies.
   * @param name Used only if the options have no name.
   */
  create(dependencies: ConsumerDependencies, name: string): ConsumerHandler;
}

/** The same symbol in every copy of this module. */
export const withDependencies: unique symbol = Symbol.for('order-once/with-dependencies');

/**
 * Creates a consumer. It handles each event under the guarantee of the options, in the order of the event's message
 * group. It also answers an `IdentifyRequest` of tools.
 *
 *   export const handler = createConsumer({
 *     guarantee: exactlyOnce(),
 *     events: { 'seat.booked': v.object({ seat: v.string(), price: v.number() }) },
 *     tables: { seats: 'seat' },
 *     handle: ({ data }, { tables }) => [put(tables.seats, data)],
 *   });
 *
 * @param dependencies Default: from the environment variables that `IdempotentConsumer` sets. They are read at the first
 *   invocation, so that a test can import a handler.
 * @throws ConfigurationError for a name that cannot be part of a key, and a concurrency below 1. The returned handler
 *   throws one, before any work, if the environment is not set, if the invocation is longer than the visibility timeout
 *   allows, or if the event is not a batch of an SQS queue. Then the whole batch waits.
 */
export function createConsumer<
  Kind extends HandlerKind,
  Schemas extends EventSchemas = never,
  Parsed extends CloudEvent = never,
  const Tables extends TableDeclarations = NoTables,
>(
  options: ConsumerOptions<Kind, Schemas, Parsed, Tables>,
  dependencies?: ConsumerDependencies,
): ConsumerHandler {
  checkOptions(options);
  type Event = HandledEvent<Schemas, Parsed>;
  const { guarantee, formerly = [], concurrency = 10 } = options;
  function setUp(reader: Reader<Event>): Consumer<Event, Kind> {
    if (dependencies === undefined) checkGuarantee(guarantee.name);
    const used = dependencies ?? dependenciesFromEnvironment();
    const { historyFrom: from, clock } = used;
    const history = { consumer: reader.name, ...(from !== undefined && { from }) };
    return {
      reader,
      dependencies: used,
      guarantee,
      formerly: [formerly].flat(),
      handle: boundHandler(guarantee.kind, options.handle, options.tables ?? {}, used),
      concurrency,
      estimate: new TimeEstimate(),
      commonFailure: new CommonFailure(),
      history: new HistoryRecorder(guarantee.store ?? used.store, history, clock),
    };
  }
  let reader: Reader<Event> | undefined;
  let consumer: Consumer<Event, Kind> | undefined;
  const handler: ConsumerHandler = async (event: unknown, context) => {
    // An error here is thrown at each invocation until the environment is correct.
    reader ??= readerOf(options.name ?? nameFromEnvironment(), options);
    if (isIdentifyRequest(event)) return identify(event, reader) as never;
    consumer ??= setUp(reader);
    const { visibilityTimeoutSeconds } = consumer.dependencies;
    return await new Invocation(consumer, readInvocation(event, context, visibilityTimeoutSeconds)).run();
  };
  if (dependencies !== undefined) return handler;
  const rewiring: Rewiring = {
    tables: options.tables ?? {},
    create: (others, name) => createConsumer({ name, ...options }, others),
  };
  return Object.assign(handler, { [withDependencies]: rewiring });
}

/** Binds the tables to a handler of effects. An external handler has no tables. */
function boundHandler<Event extends CloudEvent, Kind extends HandlerKind>(
  kind: Kind,
  handle: unknown,
  declared: TableDeclarations,
  { tables: deployed }: ConsumerDependencies,
): Handlers<Event>[Kind] {
  if (kind === 'external') return handle as Handlers<Event>[Kind];
  const context = { tables: resolveTables(declared, deployed) };
  const returnsEffects = handle as EffectHandler<Event, TableDeclarations>;
  const bound: Handlers<Event>['effects'] = (event) => returnsEffects(event, context);
  return bound as Handlers<Event>[Kind];
}
