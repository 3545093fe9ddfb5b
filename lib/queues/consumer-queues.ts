import { Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ConsumerSettings } from '../consumer-settings.ts';
import { physicalName } from '../names.ts';
import { fifoQueue } from './fifo-queue.ts';

export interface ConsumerQueues {
  readonly queue: Queue;
  /** Dead-letter queue of the source queue: events that were given up. */
  readonly deadLetterQueue: Queue;
  /** Dead-letter queue of the subscription: events that SNS could not deliver to the source queue. */
  readonly subscriptionDeadLetterQueue: Queue;
}

/**
 * The three queues of a consumer, named after it: `Shop-bookings.fifo`, `Shop-bookings-dlq.fifo` and
 * `Shop-bookings-subscription-dlq.fifo`.
 *
 * @param consumer The scope of the queues.
 * @throws ConfigurationError if a name is too long for SQS, or if another construct has it.
 */
export function consumerQueues(
  consumer: Construct,
  settings: ConsumerSettings,
  encryptionKey: IKey | undefined,
): ConsumerQueues {
  const { retention, deadLetterRetention, visibilityTimeout, maxReceiveCount, removalPolicy } = settings;
  const { scope, id } = consumer.node;
  const queue = (
    constructId: string,
    suffix: string,
    props: Omit<Parameters<typeof fifoQueue>[2], 'queueName'>,
  ) =>
    fifoQueue(consumer, constructId, {
      ...props,
      queueName: physicalName(scope as Construct, id, 'queue', `${suffix}.fifo`),
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
  const deadLetters = { retentionPeriod: deadLetterRetention, removalPolicy };
  const deadLetterQueue = queue('DeadLetterQueue', '-dlq', deadLetters);
  const subscriptionDeadLetterQueue = queue('SubscriptionDeadLetterQueue', '-subscription-dlq', deadLetters);
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
