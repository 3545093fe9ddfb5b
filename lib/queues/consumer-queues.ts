import { Validations } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ConsumerSettings } from '../consumer-settings.ts';
import type { IdempotentConsumerProps } from '../idempotent-consumer-props.ts';
import { givenName } from '../names.ts';
import { fifoQueue } from './fifo-queue.ts';

export interface ConsumerQueues {
  readonly queue: Queue;
  /** Dead-letter queue of the source queue: events that were given up. */
  readonly deadLetterQueue: Queue;
  /** Dead-letter queue of the subscription: events that SNS could not deliver to the source queue. */
  readonly subscriptionDeadLetterQueue: Queue;
}

/**
 * The three queues of a consumer.
 *
 * @param consumer The scope of the queues.
 * @param options `physicalName` names the queues, for example `bookings.fifo`, `bookings-dlq.fifo` and
 *   `bookings-subscription-dlq.fifo`. Without it, CloudFormation names them.
 * @throws ConfigurationError if a name is too long for SQS, or if another construct has it.
 */
export function consumerQueues(
  consumer: Construct,
  settings: ConsumerSettings,
  { physicalName, encryptionKey }: Pick<IdempotentConsumerProps, 'physicalName' | 'encryptionKey'>,
): ConsumerQueues {
  const { retention, deadLetterRetention, visibilityTimeout, maxReceiveCount, removalPolicy } = settings;
  const queue = (
    constructId: string,
    suffix: string,
    props: Omit<Parameters<typeof fifoQueue>[2], 'queueName'>,
  ) =>
    fifoQueue(consumer, constructId, {
      ...props,
      ...(physicalName === undefined
        ? {}
        : { queueName: givenName(consumer, 'physicalName', 'queue', `${physicalName}${suffix}.fifo`) }),
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
  const deadLetters = { retentionPeriod: deadLetterRetention, removalPolicy };
  const deadLetterQueue = queue('DeadLetterQueue', '-dlq', deadLetters);
  const subscriptionDeadLetterQueue = queue('SubscriptionDeadLetterQueue', '-subscription-dlq', deadLetters);
  for (const end of [deadLetterQueue, subscriptionDeadLetterQueue]) {
    Validations.of(end).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'It is a dead-letter queue: its messages stay until an operator looks at them.',
    });
  }
  Validations.of(subscriptionDeadLetterQueue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is a dead-letter queue itself, of an SNS subscription, which the rule does not look at.',
  });
  return {
    queue: queue('Queue', '', {
      retentionPeriod: retention,
      removalPolicy,
      visibilityTimeout,
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount },
    }),
    deadLetterQueue,
    subscriptionDeadLetterQueue,
  };
}
