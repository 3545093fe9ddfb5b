import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { ConfigurationError } from '../contract/errors.ts';
import type { CloudEvent, EventParser } from '../contract/event.ts';
import { maxConsumerName } from '../contract/identity.ts';
import { waitingOutcomes } from '../contract/metrics.ts';
import { processBatch } from './batch.ts';
import { deliver } from './delivery.ts';
import type { Guarantee, HandlerKind, Handlers } from './guarantees/guarantee.ts';
import { type Message, readMessage } from './message.ts';
import { BatchReport } from './observability.ts';
import { hideUntil } from './visibility.ts';
import { type Wiring, wiringFromEnvironment } from './wiring.ts';

/**
 * The end of an invocation, in ms, in which nothing new begins: what is under way needs it to settle, and an
 * invocation that times out returns its whole batch.
 */
const reserve = 500;

export interface ConsumerOptions<Event extends CloudEvent, Kind extends HandlerKind> {
  /**
   * Part of every idempotency key, so that consumers of one topic don't take each other's records for their own.
   * 1 to 64 letters, digits, `-` and `_`. Renaming a consumer makes every event new to it.
   */
  readonly name: string;
  /** See `eventParser`; whatever it throws makes the message poison. */
  readonly parse: EventParser<Event>;
  /** `exactlyOnce()`, `atLeastOnce({ providerKeyRetention })` or `atMostOnce()`. */
  readonly guarantee: Guarantee<Kind>;
  /** Returns effects under exactly-once; acts outside, and returns what duplicates are told, under the others. */
  readonly handle: Handlers<Event>[Kind];
}

/** An AWS Lambda handler for an SQS event source with `ReportBatchItemFailures`. */
export type ConsumerHandler = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>;

/**
 * A consumer that gives each event the guarantee that it names, in the order of the event's message group.
 *
 * @param wiring Default: from the environment variables that `IdempotentConsumer` sets.
 * @throws ConfigurationError for a name that is none, and for a function whose environment was not set.
 */
export function createConsumer<Event extends CloudEvent, Kind extends HandlerKind>(
  { name, parse, guarantee, handle }: ConsumerOptions<Event, Kind>,
  wiring: Wiring = wiringFromEnvironment(),
): ConsumerHandler {
  if (!/^[\w-]+$/.test(name) || name.length > maxConsumerName) {
    throw new ConfigurationError(
      `Consumer name "${name}": use 1 to ${maxConsumerName} letters, digits, "-" and "_"`,
    );
  }
  return async (event, context) => {
    const { clock, output } = wiring;
    const end = clock.now() + context.getRemainingTimeInMillis();
    const deadline = end - reserve;
    const report = new BatchReport(name, clock, output);
    const messages = event.Records.map((record) => readMessage(record, name, parse));
    const response = await processBatch(messages, {
      mayStart: () => clock.now() < deadline,
      deliver: async (message) => {
        const ending = await deliver(message, { consumer: name, guarantee, handle, wiring, end, deadline });
        report.delivery({ ...identityOf(message), ...ending });
        if (ending.leaseUntil !== undefined) {
          await hideUntil(ending.leaseUntil, restOfGroup(messages, message), wiring);
        }
        return !waitingOutcomes.has(ending.outcome);
      },
    });
    report.metrics();
    return response;
  };
}

/** The message and what follows it in its group. */
function restOfGroup<M extends { readonly group: string }>(messages: readonly M[], from: M): M[] {
  return messages.slice(messages.indexOf(from)).filter(({ group }) => group === from.group);
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
