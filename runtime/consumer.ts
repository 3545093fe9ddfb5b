import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { ConfigurationError } from '../contract/errors.ts';
import type { CloudEvent, EventParser } from '../contract/event.ts';
import { processBatch } from './batch.ts';
import { deliver, type Handler } from './delivery.ts';
import { type Message, readMessage } from './message.ts';
import { BatchReport } from './observability.ts';
import { type Wiring, wiringFromEnvironment } from './wiring.ts';

/**
 * The end of an invocation, in ms, in which nothing new begins: what is under way needs it to settle, and an
 * invocation that times out returns its whole batch.
 */
const reserve = 500;

export interface ConsumerOptions<Event extends CloudEvent> {
  /**
   * Part of every idempotency key, so that consumers of one topic don't take each other's records for their own.
   * 1 to 64 letters, digits, `-` and `_`. Renaming a consumer makes every event new to it.
   */
  readonly name: string;
  /** See `eventParser`; whatever it throws makes the message poison. */
  readonly parse: EventParser<Event>;
  readonly handle: Handler<Event>;
}

/** An AWS Lambda handler for an SQS event source with `ReportBatchItemFailures`. */
export type ConsumerHandler = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>;

/**
 * A consumer that applies each event's effects exactly once, in the order of its message group.
 *
 * @param wiring Default: from the environment variables that `IdempotentConsumer` sets.
 * @throws ConfigurationError for a name that is none, and for a function whose environment was not set.
 */
export function createConsumer<Event extends CloudEvent>(
  { name, parse, handle }: ConsumerOptions<Event>,
  wiring: Wiring = wiringFromEnvironment(),
): ConsumerHandler {
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new ConfigurationError(`Consumer name "${name}": use 1 to 64 letters, digits, "-" and "_"`);
  }
  return async (event, context) => {
    const { clock, output } = wiring;
    const deadline = clock.now() + context.getRemainingTimeInMillis() - reserve;
    const report = new BatchReport(name, clock, output);
    const response = await processBatch(
      event.Records.map((record) => readMessage(record, name, parse)),
      {
        mayStart: () => clock.now() < deadline,
        deliver: async (message) => {
          const ending = await deliver(message, { consumer: name, handle, wiring, deadline });
          report.delivery({ ...identityOf(message), ...ending });
          return ending.outcome !== 'failed';
        },
      },
    );
    report.metrics();
    return response;
  };
}

function identityOf<Event extends CloudEvent>({ id, group, receiveCount, content }: Message<Event>) {
  return {
    messageId: id,
    messageGroup: group,
    receiveCount,
    ...('event' in content && {
      source: content.event.source,
      eventId: content.event.id,
      ...(content.event.sequence !== undefined && { sequence: content.event.sequence }),
    }),
  };
}
