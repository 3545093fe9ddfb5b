import { environmentNames, readOptionalEnvironment } from '../../contract/environment.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { checkConsumerName } from '../../contract/event/consumer-name.ts';
import type { CloudEvent, EventParser } from '../../contract/event/event-parser.ts';
import type { Guarantee, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import type { ContentOf } from '../message/event-content.ts';

export interface ConsumerOptions<Event extends CloudEvent, Kind extends HandlerKind> {
  /**
   * Part of every idempotency key, so that consumers of one topic don't take each other's records for their own.
   * 1 to 64 letters, digits, `-` and `_`. Renaming a consumer makes every event new to it.
   * @default - the environment variable `ORDER_ONCE_CONSUMER`, which `IdempotentConsumer` sets to its `consumerName`
   */
  readonly name?: string;
  /**
   * Makes the event of a message's body: see `eventParser`. It is synchronous. It runs before anything of the batch begins;
   * for a message that may end its process alone, after all others.
   *
   * An `InvalidEventError`, a `PermanentError`, and any error with a list of `issues` (zod, valibot, arktype) say that the
   * body is no event: poison, at once. So is a body that fails the parser and is no JSON object with a `source` and an
   * `id`. Any other error is a failed attempt, as an error of the handler is (under at-most-once too, since nothing
   * happened): five attempts and a minute, then the dead-letter queue. A `ConfigurationError` or `NotExecutedError`, and a
   * promise that it returns, make the message wait.
   */
  readonly parse: EventParser<Event>;
  /**
   * Returns the part of an event that counts as its content, as JSON. An event that comes again with other content is a
   * conflict: it goes to the dead-letter queue. It must return the same for an event every time; if it changes while its
   * records count, a repeated event may become a conflict. What it throws is a failed
   * attempt, as an error of the parser is.
   * @default - all of the event but `time`, `recordedtime`, `traceparent` and `tracestate`
   */
  readonly fingerprint?: ContentOf<Event>;
  /** `exactlyOnce()`, `atLeastOnce({ providerKeyRetention })` or `atMostOnce()`. */
  readonly guarantee: Guarantee<Kind>;
  /** Returns effects under exactly-once; acts outside, and returns what duplicates are told, under the others. */
  readonly handle: Handlers<Event>[Kind];
  /**
   * Message groups of a batch that are worked on at once; inside of a group it is always one message after the other.
   * @default 10, every group of the largest batch that Lambda takes from a FIFO queue
   */
  readonly concurrency?: number;
}

/** @throws ConfigurationError that names the option, its value and the range. */
export function checkOptions(options: { readonly name?: string; readonly concurrency?: number }): void {
  const { name, concurrency } = options;
  if (name !== undefined) checkConsumerName('name', name);
  if (concurrency !== undefined && (!Number.isSafeInteger(concurrency) || concurrency < 1)) {
    throw new ConfigurationError(`concurrency is ${concurrency}; it must be a whole number of 1 or more`);
  }
}

/**
 * The consumer's name from the environment of its function.
 * @throws ConfigurationError if the environment has none, or one that could not be part of a key.
 */
export function nameFromEnvironment(): string {
  const variable = environmentNames.consumerName;
  const name = readOptionalEnvironment('consumerName');
  if (name === undefined) {
    throw new ConfigurationError(
      `The consumer has no name: the environment variable ${variable}, which IdempotentConsumer sets, is not set. ` +
        'Set it, or give createConsumer the option "name"',
    );
  }
  checkConsumerName(`Environment variable ${variable}`, name);
  return name;
}
