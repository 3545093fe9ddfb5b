import { type Clock, systemClock } from '../contract/clock.ts';
import { type EnvironmentName, environmentNames, readEnvironment } from '../contract/environment.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { allowedClockSkew } from '../contract/lease.ts';
import { type OnPoison, poisonPolicies } from '../contract/on-poison.ts';
import { type Random, systemRandom } from '../contract/random.ts';
import type { DeadLetterQueue } from './dead-letter.ts';
import type { Acknowledgements } from './last-moment.ts';
import { type Output, standardOutput } from './observability.ts';
import { sqsDeadLetterQueue } from './sqs-dead-letter-queue.ts';
import { sqsSourceQueue } from './sqs-source-queue.ts';
import { dynamoDbEffectStore } from './stores/dynamodb/effect-store.ts';
import type { EffectStore } from './stores/record-store.ts';
import type { VisibilityTimeouts } from './visibility.ts';
import { windowMargin } from './window.ts';

/** Everything outside of itself that a consumer works with. */
export interface Wiring {
  /** The store of a guarantee that names none. */
  readonly store: EffectStore;
  readonly deadLetters: DeadLetterQueue;
  readonly visibility: VisibilityTimeouts;
  readonly acknowledgements: Acknowledgements;
  /** How long the queue hides a received message, in seconds: no lease may last longer. */
  readonly visibilityTimeoutSeconds: number;
  /** How long the queue keeps a message, in seconds; then SQS deletes it. */
  readonly queueRetentionSeconds: number;
  /** Receives after which SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly onPoison: OnPoison;
  /** How long a completed record counts, in seconds. */
  readonly recordTtlSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  /** Ends the process, so that nothing that is pending can go on. Does not return, but in tests. */
  readonly endProcess: () => void;
}

/**
 * The wiring of a deployed function, from the environment that its construct sets.
 * @throws ConfigurationError that names the variable.
 */
export function wiringFromEnvironment(): Wiring {
  const queue = sqsSourceQueue(readEnvironment('queueUrl'));
  return {
    store: dynamoDbEffectStore({ table: readEnvironment('recordsTable') }),
    deadLetters: sqsDeadLetterQueue(readEnvironment('deadLetterQueueUrl')),
    visibility: queue,
    acknowledgements: queue,
    // No lease is shorter than the skew that it allows for.
    visibilityTimeoutSeconds: readSeconds('visibilityTimeoutSeconds', allowedClockSkew / 1000),
    // SQS takes no less than a minute.
    queueRetentionSeconds: readSeconds('queueRetentionSeconds', 59),
    maxReceiveCount: readWhole('maxReceiveCount', 'a whole number', 0),
    onPoison: readOnPoison(),
    // With less every message would be older than its record may be.
    recordTtlSeconds: readSeconds('recordTtlSeconds', windowMargin),
    clock: systemClock,
    random: systemRandom,
    output: standardOutput,
    // A failure, so that Lambda starts another process, and deletes nothing of the batch.
    endProcess: () => process.exit(1),
  };
}

function readSeconds(name: EnvironmentName, above: number): number {
  return readWhole(name, 'a whole number of seconds', above);
}

function readWhole(name: EnvironmentName, kind: string, above: number): number {
  const value = readEnvironment(name);
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number <= above) throw refused(name, value, `${kind} above ${above}`);
  return number;
}

function readOnPoison(): OnPoison {
  const value = readEnvironment('onPoison');
  const policy = poisonPolicies.find((name) => name === value);
  if (policy === undefined) {
    throw refused('onPoison', value, poisonPolicies.map((name) => `"${name}"`).join(' or '));
  }
  return policy;
}

function refused(name: EnvironmentName, value: string, wanted: string): ConfigurationError {
  return new ConfigurationError(
    `Environment variable ${environmentNames[name]} is "${value}"; it must be ${wanted}`,
  );
}
