import { type Clock, systemClock } from '../contract/clock.ts';
import { environmentNames, readEnvironment } from '../contract/environment.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { type Random, systemRandom } from '../contract/random.ts';
import type { DeadLetterQueue } from './dead-letter.ts';
import { type Output, standardOutput } from './observability.ts';
import { sqsDeadLetterQueue } from './sqs-dead-letter-queue.ts';
import { dynamoDbEffectStore } from './stores/dynamodb/effect-store.ts';
import type { EffectStore } from './stores/record-store.ts';
import type { VisibilityTimeouts } from './visibility.ts';
import { sqsVisibilityTimeouts } from './visibility-sqs.ts';
import { windowMargin } from './window.ts';

/** Everything outside of itself that a consumer works with. */
export interface Wiring {
  /** The store of a guarantee that names none. */
  readonly store: EffectStore;
  readonly deadLetters: DeadLetterQueue;
  readonly visibility: VisibilityTimeouts;
  /** How long a completed record counts, in seconds. */
  readonly recordTtlSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
}

/**
 * The wiring of a deployed function, from the environment that its construct sets.
 * @throws ConfigurationError that names the variable.
 */
export function wiringFromEnvironment(): Wiring {
  return {
    store: dynamoDbEffectStore({ table: readEnvironment('recordsTable') }),
    deadLetters: sqsDeadLetterQueue(readEnvironment('deadLetterQueueUrl')),
    visibility: sqsVisibilityTimeouts(readEnvironment('queueUrl')),
    recordTtlSeconds: readSeconds(),
    clock: systemClock,
    random: systemRandom,
    output: standardOutput,
  };
}

function readSeconds(): number {
  const value = readEnvironment('recordTtlSeconds');
  const seconds = Number(value);
  // With less every message would be older than its record may be.
  if (!Number.isSafeInteger(seconds) || seconds <= windowMargin) {
    throw new ConfigurationError(
      `Environment variable ${environmentNames.recordTtlSeconds} is "${value}"; it must be a whole number of ` +
        `seconds above ${windowMargin}`,
    );
  }
  return seconds;
}
