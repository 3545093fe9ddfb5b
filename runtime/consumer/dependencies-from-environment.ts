import { systemClock } from '../../contract/clock.ts';
import {
  environmentNames,
  readEnvironment,
  readOptionalEnvironment,
  readTables,
  readWholeNumber,
  refusedVariable,
} from '../../contract/environment.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import type { GuaranteeName } from '../../contract/policies/guarantee-names.ts';
import { newHistory, readHistory } from '../../contract/policies/history.ts';
import { allowedClockSkewMs } from '../../contract/policies/lease.ts';
import { type OnPoison, poisonPolicies } from '../../contract/policies/poison-policy.ts';
import {
  leastRecordTtlSeconds,
  maxRecordTtlSeconds,
  maxRetentionSeconds,
  minRetentionSeconds,
} from '../../contract/policies/record-ttl.ts';
import { sqsMaxReceiveCountLimit } from '../../contract/policies/retry-policy.ts';
import { systemRandom } from '../../contract/random.ts';
import { sqsDeadLetterQueue } from '../aws/sqs-dead-letter-queue.ts';
import { sqsSourceQueue } from '../aws/sqs-source-queue.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import { standardOutput } from '../ports/output.ts';
import { dynamoDbEffectStore } from '../stores/dynamodb/effect-store.ts';

/**
 * Reads the dependencies of a deployed function from the environment that the construct sets.
 * @throws ConfigurationError that names the variable.
 */
export function dependenciesFromEnvironment(): ConsumerDependencies {
  const queueRetentionSeconds = readWholeNumber(environmentNames.queueRetentionSeconds, {
    unit: 'seconds',
    least: minRetentionSeconds,
    most: maxRetentionSeconds,
  });
  const historyFrom = readHistory(
    `Environment variable ${environmentNames.history}`,
    readOptionalEnvironment(environmentNames.history) ?? newHistory,
  );
  const service = readOptionalEnvironment(environmentNames.service);
  const logGroupKey = readOptionalEnvironment(environmentNames.logGroupKey);
  const queue = sqsSourceQueue(readEnvironment(environmentNames.queueUrl));
  return {
    store: dynamoDbEffectStore({ table: readEnvironment(environmentNames.recordsTable) }),
    tables: readTables(),
    deadLetters: sqsDeadLetterQueue(readEnvironment(environmentNames.deadLetterQueueUrl)),
    visibility: queue,
    acknowledgements: queue,
    // A lease is never shorter than the allowed clock skew, and SQS hides a message for at most 12 hours.
    visibilityTimeoutSeconds: readWholeNumber(environmentNames.visibilityTimeoutSeconds, {
      unit: 'seconds',
      least: allowedClockSkewMs / 1000 + 1,
      most: 12 * 3600,
    }),
    queueRetentionSeconds,
    maxReceiveCount: readWholeNumber(environmentNames.maxReceiveCount, {
      least: 1,
      most: sqsMaxReceiveCountLimit,
    }),
    onPoison: readOnPoison(),
    // With less, a record would expire while messages of its event can still arrive. The retention of the dead-letter
    // queue is known only at synthesis.
    recordTtlSeconds: readWholeNumber(environmentNames.recordTtlSeconds, {
      unit: 'seconds',
      least: leastRecordTtlSeconds({
        queueRetentionSeconds,
        deadLetterRetentionSeconds: minRetentionSeconds,
      }),
      most: maxRecordTtlSeconds,
    }),
    ...(historyFrom !== undefined && { historyFrom }),
    ...(service !== undefined && { service }),
    ...(logGroupKey !== undefined && { logGroupKey }),
    clock: systemClock,
    random: systemRandom,
    output: standardOutput,
    // A failure, so that Lambda starts another process and deletes no message of the batch.
    endProcess: () => process.exit(1),
  };
}

/**
 * Compares the guarantee of `createConsumer` with the one that the construct tells tools.
 * @throws ConfigurationError if they differ.
 */
export function checkGuarantee(guarantee: GuaranteeName): void {
  const declared = readOptionalEnvironment(environmentNames.guarantee);
  if (declared === undefined || declared === guarantee) return;
  throw new ConfigurationError(
    `createConsumer has the guarantee ${guarantee}, and "guarantee" of IdempotentConsumer is "${declared}". Write the same in ` +
      'both. If you change the guarantee of a deployed consumer, set "formerly" of createConsumer too.',
  );
}

function readOnPoison(): OnPoison {
  const value = readEnvironment(environmentNames.onPoison);
  const policy = poisonPolicies.find((name) => name === value);
  if (policy === undefined) {
    const wanted = poisonPolicies.map((name) => `"${name}"`).join(' or ');
    throw refusedVariable(environmentNames.onPoison, value, wanted);
  }
  return policy;
}
