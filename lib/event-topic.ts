import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, FifoThroughputScope, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { checkKey, type EncryptionKeyProps } from './encryption/encryption-key.ts';
import { givenName, physicalName } from './names.ts';

export interface EventTopicProps extends EncryptionKeyProps {
  /** The topic's name, with `.fifo` at its end. @default - the name of the stack and the construct's path in it */
  readonly topicName?: string;

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
  /**
   * @throws ConfigurationError if the name is too long for SNS, or if another construct has it, and for an imported key
   *   without `keyPolicyIsMine`.
   */
  constructor(
    scope: Construct,
    id: string,
    { topicName, encryptionKey, keyPolicyIsMine }: EventTopicProps = {},
  ) {
    super(scope, id, {
      topicName: topicName ?? physicalName(scope, id, 'topic', '.fifo'),
      fifo: true,
      contentBasedDeduplication: true,
      fifoThroughputScope: FifoThroughputScope.MESSAGE_GROUP,
      enforceSSL: true,
      ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
    });
    if (topicName !== undefined) givenName(this, 'topicName', 'topic', topicName);
    checkKey(this, { encryptionKey, keyPolicyIsMine }, 'publishers could be refused');
    if (encryptionKey !== undefined) return;
    // Not as `masterKey`: with that property, grants would give publishers rights on the key that they do not need.
    (this.node.defaultChild as CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
  }
}
