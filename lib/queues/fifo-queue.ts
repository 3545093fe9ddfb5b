import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
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
  /** @default - a key that SQS holds */
  readonly encryptionKey?: IKey;
}

/**
 * A high-throughput FIFO queue: limits and deduplication per message group. It takes messages of up to 1 MiB, as
 * copies in a dead-letter queue carry their reason on top of SNS's 256 KiB.
 *
 * By default SQS holds the key: SNS cannot use the AWS managed one (`KMS_MANAGED`), whose policy nobody can change (AWS:
 * "Amazon SNS, server-side encryption", subscriptions of encrypted queues).
 */
export function fifoQueue(scope: Construct, id: string, props: FifoQueueProps): Queue {
  const { encryptionKey, ...queueProps } = props;
  return new Queue(scope, id, {
    ...queueProps,
    fifo: true,
    contentBasedDeduplication: true,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    maxMessageSizeBytes: 1024 * 1024,
    ...(encryptionKey === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }),
    enforceSSL: true,
  });
}
