import { GetTopicAttributesCommand, SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import type { ClientConfig } from '../endpoint/client-config.ts';
import type { StackResource } from './stack-resources.ts';

const topicType = 'AWS::SNS::Topic';

/**
 * Properties of a topic that are attributes of the same name. If an emulator's CloudFormation ignores them, the FIFO topic
 * neither deduplicates nor requires a message group. FifoTopic is first, because the others depend on it.
 */
const attributeNames = [
  'FifoTopic',
  'ContentBasedDeduplication',
  'FifoThroughputScope',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
];

type Attributes = Readonly<Record<string, string>>;

export interface RestoredTopic {
  readonly topicArn: string;
  /** The attributes that were set, with the template's values. */
  readonly attributes: Attributes;
}

/**
 * Re-applies topic attributes of the template that the endpoint's CloudFormation ignored. On AWS, and on any endpoint with a
 * complete CloudFormation, there is nothing to do.
 *
 * @param resources The deployed resources. Other types than topics are ignored.
 */
export async function restoreTopicAttributes(
  clientConfig: ClientConfig,
  resources: readonly StackResource[],
): Promise<readonly RestoredTopic[]> {
  const sns = new SNSClient(clientConfig);
  try {
    const restored: RestoredTopic[] = [];
    for (const { type, physicalId: topicArn, properties } of resources) {
      if (type !== topicType) continue;
      const { Attributes: live = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
      const attributes = missingAttributes(properties, live);
      for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
        await sns.send(new SetTopicAttributesCommand({ TopicArn: topicArn, AttributeName, AttributeValue }));
      }
      if (Object.keys(attributes).length > 0) restored.push({ topicArn, attributes });
    }
    return restored;
  } finally {
    sns.destroy();
  }
}

/**
 * Returns the attributes of a template's topic that the live topic lacks, or has with another value. Computed values (Ref,
 * Fn::GetAtt) cannot be compared and are skipped.
 */
export function missingAttributes(
  properties: Readonly<Record<string, unknown>>,
  live: Attributes,
): Attributes {
  return Object.fromEntries(
    attributeNames.flatMap((name) => {
      const wanted = properties[name];
      if (wanted === undefined || typeof wanted === 'object') return [];
      // Templates contain true or "true", and APIs return "true" or "True".
      const same = String(wanted).toLowerCase() === live[name]?.toLowerCase();
      return same ? [] : [[name, String(wanted)]];
    }),
  );
}
