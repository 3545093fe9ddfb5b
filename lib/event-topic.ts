import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, FifoThroughputScope, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { defaultMaxEventSize, maxEventSizes } from '../contract/event/event-size.ts';
import { checkKey, type EncryptionKeyProps } from './encryption/encryption-key.ts';
import { givenName, physicalName } from './names.ts';
import { checkKnownNumber } from './rules/check-number.ts';

export interface EventTopicProps extends EncryptionKeyProps {
  /** The topic's name, with `.fifo` at its end. @default - the name of the stack and the construct's path in it */
  readonly topicName?: string;

  /**
   * Bytes of an event with its message attributes that the topic accepts: from 1,024 to 1,032,192. It is also the limit of
   * a request with several events. Give publishers the same number. Above 256 KiB, SNS delivers the topic only to SQS,
   * Lambda and Firehose, and to at most 100 subscriptions.
   * @default 262,144 (256 KiB), the default of SNS
   */
  readonly maxEventSize?: number;

  /**
   * A customer managed key that encrypts the topic. `grantPublish` also grants the use of this key, to principals of
   * other accounts too.
   * @default - the AWS managed key `alias/aws/sns`: it is free and needs no grants, but only principals of this account
   *   can use it
   */
  readonly encryptionKey?: IKey;
}

/**
 * A FIFO topic for events: order per message group, duplicates removed for 5 minutes.
 *
 * - Content-based deduplication: equal bodies are one message. An explicit deduplication id takes precedence.
 * - Throughput scope `MessageGroup`: limits and deduplication apply to each message group, not to the topic.
 * - Encryption, by default with the AWS managed key `alias/aws/sns`. Every principal of this account that may publish
 *   can use that key. Principals of other accounts and AWS services (EventBridge, S3) cannot: give an `encryptionKey`
 *   for them.
 * - Publishers have to use TLS.
 *
 * Consumers accept any FIFO topic; this class only sets good defaults. `grantPublish` lets a principal publish.
 *
 * @example
 * ```ts
 * const topic = new EventTopic(this, 'Events');
 * topic.grantPublish(shop);
 * ```
 */
export class EventTopic extends Topic {
  /** Bytes of an event with its message attributes that the topic accepts. */
  readonly maxEventSize: number;

  /**
   * @throws ConfigurationError if the name is too long for SNS, or if another construct has it, for an imported key
   *   without `keyPolicyIsMine`, and for a size that SNS refuses.
   */
  constructor(
    scope: Construct,
    id: string,
    { topicName, encryptionKey, keyPolicyIsMine, maxEventSize = defaultMaxEventSize }: EventTopicProps = {},
  ) {
    super(scope, id, {
      topicName: topicName ?? physicalName(scope, id, 'topic', '.fifo'),
      fifo: true,
      contentBasedDeduplication: true,
      fifoThroughputScope: FifoThroughputScope.MESSAGE_GROUP,
      enforceSSL: true,
      ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
    });
    const { least, most } = maxEventSizes;
    checkKnownNumber('maxEventSize', maxEventSize, { unit: 'bytes', least, most });
    this.maxEventSize = maxEventSize;
    const topic = this.node.defaultChild as CfnTopic;
    if (maxEventSize !== defaultMaxEventSize) topic.maximumMessageSize = maxEventSize;
    if (topicName !== undefined) givenName(this, 'topicName', 'topic', topicName);
    checkKey(this, { encryptionKey, keyPolicyIsMine }, 'publishers could be refused');
    if (encryptionKey !== undefined) return;
    // Not as `masterKey`: with that property, grants would give publishers rights on the key that they do not need.
    topic.kmsMasterKeyId = 'alias/aws/sns';
  }
}
