import { type Clock, systemClock } from '../../contract/clock.ts';
import { readEnvironment, readWholeNumber, refusedVariable } from '../../contract/environment.ts';
import { allowedClockSkew } from '../../contract/policies/lease.ts';
import { type OnPoison, poisonPolicies } from '../../contract/policies/poison-policy.ts';
import {
  leastRecordTtl,
  maxRecordTtl,
  maxRetention,
  minRetention,
} from '../../contract/policies/record-ttl.ts';
import { maxMaxReceiveCount } from '../../contract/policies/retry-policy.ts';
import { type Random, systemRandom } from '../../contract/random.ts';
import { sqsDeadLetterQueue } from '../aws/sqs-dead-letter-queue.ts';
import { sqsSourceQueue } from '../aws/sqs-source-queue.ts';
import { type Output, standardOutput } from '../consumer/delivery-report.ts';
import type { Acknowledgements } from '../consumer/exit-before-timeout.ts';
import type { VisibilityTimeouts } from '../message/visibility.ts';
import type { DeadLetterQueue } from '../settlement/dead-letter.ts';
import { dynamoDbEffectStore } from '../stores/dynamodb/effect-store.ts';
import type { EffectStore } from './record-store.ts';

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
  const queueRetentionSeconds = readWholeNumber('queueRetentionSeconds', {
    unit: 'seconds',
    least: minRetention,
    most: maxRetention,
  });
  const queue = sqsSourceQueue(readEnvironment('queueUrl'));
  return {
    store: dynamoDbEffectStore({ table: readEnvironment('recordsTable') }),
    deadLetters: sqsDeadLetterQueue(readEnvironment('deadLetterQueueUrl')),
    visibility: queue,
    acknowledgements: queue,
    // No lease is shorter than the skew that it allows for; SQS hides no message for longer than 12 hours.
    visibilityTimeoutSeconds: readWholeNumber('visibilityTimeoutSeconds', {
      unit: 'seconds',
      least: allowedClockSkew / 1000 + 1,
      most: 12 * 3600,
    }),
    queueRetentionSeconds,
    maxReceiveCount: readWholeNumber('maxReceiveCount', { least: 1, most: maxMaxReceiveCount }),
    onPoison: readOnPoison(),
    // With less a record would expire while messages of its event can still come. How long the dead-letter queue keeps
    // them is known at synthesis only.
    recordTtlSeconds: readWholeNumber('recordTtlSeconds', {
      unit: 'seconds',
      least: leastRecordTtl({ queueRetention: queueRetentionSeconds, deadLetterRetention: minRetention }),
      most: maxRecordTtl,
    }),
    clock: systemClock,
    random: systemRandom,
    output: standardOutput,
    // A failure, so that Lambda starts another process, and deletes nothing of the batch.
    endProcess: () => process.exit(1),
  };
}

function readOnPoison(): OnPoison {
  const value = readEnvironment('onPoison');
  const policy = poisonPolicies.find((name) => name === value);
  if (policy === undefined) {
    throw refusedVariable('onPoison', value, poisonPolicies.map((name) => `"${name}"`).join(' or '));
  }
  return policy;
}
