import { type CfnTopic, FifoThroughputScope, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { physicalName } from './names.ts';

/**
 * A FIFO topic for events: order per message group, duplicates removed for 5 minutes.
 *
 * - Content-based deduplication: equal bodies are one message. An explicit deduplication id goes before it.
 * - Throughput scope `MessageGroup`: limits and deduplication are each group's own, not the topic's.
 * - Encrypted with the AWS managed key `alias/aws/sns`: no monthly price and no grants, since its policy lets
 *   whoever may publish use it. Principals of other accounts and AWS services (EventBridge, S3) cannot use that
 *   key, so they cannot publish here.
 * - Publishers have to use TLS.
 *
 * `grantPublish` lets a principal publish.
 */
export class EventTopic extends Topic {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      topicName: physicalName(scope, id, 'topic', '.fifo'),
      fifo: true,
      contentBasedDeduplication: true,
      fifoThroughputScope: FifoThroughputScope.MESSAGE_GROUP,
      enforceSSL: true,
    });
    // Not as `masterKey`: for that, grants would give publishers rights on keys that they do not need here.
    (this.node.defaultChild as CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
  }
}
