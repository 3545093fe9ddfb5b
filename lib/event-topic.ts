import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, FifoThroughputScope, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { physicalName } from './names.ts';

export interface EventTopicProps {
  /**
   * A customer managed key that encrypts the topic. Whoever is granted to publish may use it, principals of other accounts
   * too. A consumer's queues have an `encryptionKey` of their own; it may be the same key.
   * @default - the AWS managed key `alias/aws/sns`: without a price or grants, and for principals of this account alone
   */
  readonly encryptionKey?: IKey;
}

/**
 * A FIFO topic for events: order per message group, duplicates removed for 5 minutes.
 *
 * - Content-based deduplication: equal bodies are one message. An explicit deduplication id goes before it.
 * - Throughput scope `MessageGroup`: limits and deduplication are each group's own, not the topic's.
 * - Encrypted, by default with the AWS managed key `alias/aws/sns`, whose policy lets every principal of the account use it
 *   that may publish. Principals of other accounts and AWS services (EventBridge, S3) cannot: give an `encryptionKey`.
 * - Publishers have to use TLS.
 *
 * Consumers take any FIFO topic; this one only has good settings. `grantPublish` lets a principal publish.
 *
 * @example
 * ```ts
 * const topic = new EventTopic(this, 'Events');
 * topic.grantPublish(shop);
 * ```
 */
export class EventTopic extends Topic {
  /** @throws ConfigurationError if the name gets longer than SNS takes or is another construct's. */
  constructor(scope: Construct, id: string, { encryptionKey }: EventTopicProps = {}) {
    super(scope, id, {
      topicName: physicalName(scope, id, 'topic', '.fifo'),
      fifo: true,
      contentBasedDeduplication: true,
      fifoThroughputScope: FifoThroughputScope.MESSAGE_GROUP,
      enforceSSL: true,
      ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
    });
    if (encryptionKey !== undefined) return;
    // Not as `masterKey`: for that, grants would give publishers rights on keys that they do not need here.
    (this.node.defaultChild as CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
  }
}
