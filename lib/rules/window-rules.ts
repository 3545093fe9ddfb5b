import type { Construct } from 'constructs';
import { allowedClockSkewMs } from '../../contract/policies/lease.ts';
import {
  clockSkewSeconds,
  leastRecordTtlSeconds,
  maxRetentionSeconds,
  snsDeliveryRetriesSeconds,
} from '../../contract/policies/record-ttl.ts';
import {
  backoffCapSeconds,
  leastMaxReceiveCount,
  longestWaitingSeconds,
  maxAttempts,
  receivesDuring,
  sqsMaxReceiveCountLimit,
} from '../../contract/policies/retry-policy.ts';
import { leastVisibilityTimeoutSeconds, longestLeaseSeconds } from './retention-arithmetic.ts';
import { type ConsumerParts, type DeployedConsumer, readDeployed } from './synthesized-consumer.ts';

export interface WindowRule {
  readonly holds: (consumer: DeployedConsumer) => boolean;
  readonly message: (consumer: DeployedConsumer) => string;
}

/** Makes synthesis of `consumer` fail if a rule does not hold, with the message of each such rule. */
export function addWindowRules(consumer: Construct, parts: ConsumerParts): void {
  consumer.node.addValidation({
    validate: () => {
      const deployed = readDeployed(parts);
      return windowRules.filter(({ holds }) => !holds(deployed)).map(({ message }) => message(deployed));
    },
  });
}

const queueNames = {
  queue: 'queue',
  deadLetterQueue: 'dead-letter queue',
  subscriptionDeadLetterQueue: "subscription's dead-letter queue",
} as const;
type QueueName = keyof typeof queueNames;

/**
 * The conditions under which "applied once" is true. A comparison with NaN, for a number that is not known at synthesis, is
 * false, so the rule fails.
 */
const windowRules: readonly WindowRule[] = [
  {
    holds: (consumer) => consumer.recordTtlSeconds >= leastRecordTtlSeconds(retentions(consumer)),
    message: (consumer) => {
      const { queueRetentionSeconds, deadLetterRetentionSeconds } = retentions(consumer);
      return (
        `Records count for ${time(consumer.recordTtlSeconds)}, but a message can still come after ` +
        `${time(leastRecordTtlSeconds({ queueRetentionSeconds, deadLetterRetentionSeconds }))}: ${time(snsDeliveryRetriesSeconds)} of SNS ` +
        `delivery retries + ${time(queueRetentionSeconds)} in the queue + ${time(deadLetterRetentionSeconds)} in the dead-letter ` +
        `queue + ${time(clockSkewSeconds)} of clock skew. It would be applied again. Raise "ttl" of the RecordTable, or ` +
        'lower "retention" or "deadLetterRetention".'
      );
    },
  },
  {
    holds: ({ queue, functionTimeoutSeconds }) =>
      queue.visibilityTimeoutSeconds >= leastVisibilityTimeoutSeconds(functionTimeoutSeconds),
    message: ({ queue, functionTimeoutSeconds }) =>
      `The visibility timeout is ${time(queue.visibilityTimeoutSeconds)}, but a function with a timeout of ` +
      `${time(functionTimeoutSeconds)} needs at least ${time(leastVisibilityTimeoutSeconds(functionTimeoutSeconds))} (6 times), or ` +
      'messages come again while it is at work. Raise "visibilityTimeout" or lower "timeout".',
  },
  {
    holds: ({ queue, functionTimeoutSeconds }) =>
      longestLeaseSeconds(functionTimeoutSeconds) <= queue.visibilityTimeoutSeconds,
    message: ({ queue, functionTimeoutSeconds }) =>
      `A lease lasts up to ${time(longestLeaseSeconds(functionTimeoutSeconds))}: ${time(functionTimeoutSeconds)} of the function's timeout ` +
      `+ ${time(allowedClockSkewMs / 1000)} of clock skew. The visibility timeout is ${time(queue.visibilityTimeoutSeconds)}, so ` +
      'a message comes again while its lease stands, and the runtime refuses to start. Raise "visibilityTimeout" or ' +
      'lower "timeout".',
  },
  environmentMatchesRule(
    'visibilityTimeoutSeconds',
    'visibilityTimeout',
    'visibility timeout',
    time,
    'it could not tell a lease that is too long',
  ),
  environmentMatchesRule(
    'queueRetentionSeconds',
    'retention',
    'retention',
    time,
    'it could not save a message before SQS deletes it',
  ),
  environmentMatchesRule(
    'maxReceiveCount',
    'maxReceiveCount',
    'maxReceiveCount',
    count,
    'it could not make the receives last',
  ),
  {
    holds: ({ queue, toleratedOutageSeconds }) => toleratedOutageSeconds <= longestWaitingSeconds(queue),
    message: ({ queue, toleratedOutageSeconds }) =>
      `An outage of ${time(toleratedOutageSeconds)} is to be tolerated, but a message waits in its queue for at most ` +
      `${time(longestWaitingSeconds(queue))}: SQS deletes it after ${time(queue.queueRetentionSeconds)}. Raise "retention" or lower ` +
      '"toleratedOutage".',
  },
  {
    holds: (consumer) => consumer.queue.maxReceiveCount >= leastMaxReceiveCount(receives(consumer)),
    message: (consumer) => {
      const { batchSize, visibilityTimeoutSeconds, toleratedOutageSeconds } = receives(consumer);
      return (
        `maxReceiveCount is ${count(consumer.queue.maxReceiveCount)}, but must be at least ` +
        `${count(leastMaxReceiveCount(receives(consumer)))}, or SQS gives up before the runtime does: a batch of ` +
        `${count(batchSize)} x ${maxAttempts} attempts + ${count(receivesDuring(toleratedOutageSeconds, visibilityTimeoutSeconds))} ` +
        `receives in an outage of ${time(toleratedOutageSeconds)}, with a backoff of up to ${time(backoffCapSeconds)} and a visibility ` +
        `timeout of ${time(visibilityTimeoutSeconds)}. Raise "maxReceiveCount" (to ${sqsMaxReceiveCountLimit} at most), lower ` +
        `"toleratedOutage", or raise "visibilityTimeout" where it is below ${time(backoffCapSeconds / 2)}.`
      );
    },
  },
  {
    holds: ({ queue: { maxReceiveCount } }) =>
      Number.isInteger(maxReceiveCount) && maxReceiveCount <= sqsMaxReceiveCountLimit,
    message: ({ queue }) =>
      `maxReceiveCount is ${count(queue.maxReceiveCount)}; SQS takes at most ${sqsMaxReceiveCountLimit}, as a whole ` +
      'number. Change "maxReceiveCount".',
  },
  retentionRule('queue', 'retention'),
  retentionRule('deadLetterQueue', 'deadLetterRetention'),
  retentionRule('subscriptionDeadLetterQueue', 'deadLetterRetention'),
  fifoRule('deadLetterQueue', 'a FIFO queue cannot move its messages there'),
  fifoRule('subscriptionDeadLetterQueue', 'the subscription of a FIFO topic cannot move its messages there'),
  {
    holds: ({ filterPolicy }) => filterPolicy === undefined,
    message: ({ filterPolicy }) =>
      `The subscription has a filter policy, ${JSON.stringify(filterPolicy)}: with one, SNS FIFO delivers at most ` +
      'once, so events can be lost. Remove it, and let the handler return no effects for events that it does not want.',
  },
];

/** The function's environment must match the queue's real settings. */
function environmentMatchesRule(
  name: keyof DeployedConsumer['functionSettings'],
  option: string,
  what: string,
  format: (value: number) => string,
  consequence: string,
): WindowRule {
  return {
    holds: ({ queue, functionSettings }) => functionSettings[name] === queue[name],
    message: ({ queue, functionSettings }) =>
      `The function's environment says that its queue's ${what} is ${format(functionSettings[name])}, but it is ${format(queue[name])}: ` +
      `${consequence}. Set "${option}", which sets both.`,
  };
}

function retentionRule(name: QueueName, option: string): WindowRule {
  return {
    holds: (consumer) => consumer[name].queueRetentionSeconds <= maxRetentionSeconds,
    message: (consumer) =>
      `The ${queueNames[name]} keeps messages for ${time(consumer[name].queueRetentionSeconds)}; SQS takes at most ` +
      `${time(maxRetentionSeconds)}. Lower "${option}".`,
  };
}

function fifoRule(name: QueueName, consequence: string): WindowRule {
  return {
    holds: (consumer) => consumer[name].fifo,
    message: () =>
      `The ${queueNames[name]} is not a FIFO queue: ${consequence}. Leave its "fifoQueue" at true.`,
  };
}

function retentions({ queue, deadLetterQueue }: DeployedConsumer) {
  return {
    queueRetentionSeconds: queue.queueRetentionSeconds,
    deadLetterRetentionSeconds: deadLetterQueue.queueRetentionSeconds,
  };
}

function receives({ batchSize, queue, toleratedOutageSeconds }: DeployedConsumer) {
  return { batchSize, visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds, toleratedOutageSeconds };
}

function count(value: number): string {
  return Number.isNaN(value) ? 'not known at synthesis' : String(value);
}

/** 90,000 seconds are "1 d 1 h". */
function time(seconds: number): string {
  if (Number.isNaN(seconds)) return 'a time not known at synthesis';
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  return (
    parts
      .filter(([amount]) => amount > 0)
      .map((part) => part.join(' '))
      .join(' ') || '0 s'
  );
}
