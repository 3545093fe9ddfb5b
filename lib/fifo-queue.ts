import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  type DeadLetterQueue,
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
} from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface FifoQueueProps {
  /** With `.fifo`. An emulator may lose that ending of a generated name, so names are given. */
  readonly queueName: string;
  readonly retentionPeriod: Duration;
  readonly removalPolicy: RemovalPolicy;
  readonly visibilityTimeout?: Duration;
  readonly deadLetterQueue?: DeadLetterQueue;
}

/**
 * A high-throughput FIFO queue: limits and deduplication per message group. It takes messages of up to 1 MiB, as
 * copies in a dead-letter queue carry their reason on top of SNS's 256 KiB. SQS holds the key: SNS cannot use that of
 * a `KMS_MANAGED` queue, and a customer's key would need grants for SNS and each consumer.
 */
export function fifoQueue(scope: Construct, id: string, props: FifoQueueProps): Queue {
  return new Queue(scope, id, {
    ...props,
    fifo: true,
    contentBasedDeduplication: true,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    maxMessageSizeBytes: 1024 * 1024,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
}
