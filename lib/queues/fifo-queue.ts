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
import { brokersMaxMessageSize } from '../../contract/event/event-size.ts';

export interface FifoQueueProps {
  /** Name of the queue, with `.fifo`. @default - a name of CloudFormation's */
  readonly queueName?: string;
  readonly retentionPeriod: Duration;
  readonly removalPolicy: RemovalPolicy;
  readonly visibilityTimeout?: Duration;
  readonly deadLetterQueue?: DeadLetterQueue;
  /** @default - a key that SQS manages */
  readonly encryptionKey?: IKey;
}

/**
 * Creates a high-throughput FIFO queue: limits and deduplication apply to each message group. It accepts messages of up
 * to 1 MiB, because copies in a dead-letter queue have a reason in addition to the event (`maxEventSize` of the topic).
 *
 * By default SQS manages the key. SNS cannot use the AWS managed KMS key (`KMS_MANAGED`), whose policy cannot be
 * changed (AWS: "Amazon SNS, server-side encryption", subscriptions of encrypted queues).
 */
export function fifoQueue(scope: Construct, id: string, props: FifoQueueProps): Queue {
  const { encryptionKey, ...queueProps } = props;
  return new Queue(scope, id, {
    ...queueProps,
    fifo: true,
    contentBasedDeduplication: true,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    maxMessageSizeBytes: brokersMaxMessageSize,
    ...(encryptionKey === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }),
    enforceSSL: true,
  });
}
