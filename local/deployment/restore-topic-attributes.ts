import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { GetTopicAttributesCommand, SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import type { ClientConfig } from '../../lab/target/client-config.ts';

const topicType = 'AWS::SNS::Topic';

/**
 * Properties of a topic that are attributes of the same name. An emulator whose CloudFormation drops them leaves a
 * FIFO topic that removes no duplicate and asks for no message group. FifoTopic first: the others hang on it.
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
  /** What was set, as the template has it. */
  readonly attributes: Attributes;
}

/**
 * Gives the topics of a deployed stack the attributes that its template has and the endpoint's CloudFormation left
 * out. On AWS, and wherever else CloudFormation is complete, there is nothing to do.
 */
export async function restoreTopicAttributes(
  clientConfig: ClientConfig,
  stackName: string,
): Promise<readonly RestoredTopic[]> {
  const sns = new SNSClient(clientConfig);
  const cloudFormation = new CloudFormationClient(clientConfig);
  try {
    const mended: RestoredTopic[] = [];
    for (const { topicArn, properties } of await topicsOf(cloudFormation, stackName)) {
      const { Attributes: live = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
      const attributes = missingAttributes(properties, live);
      for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
        await sns.send(new SetTopicAttributesCommand({ TopicArn: topicArn, AttributeName, AttributeValue }));
      }
      if (Object.keys(attributes).length > 0) mended.push({ topicArn, attributes });
    }
    return mended;
  } finally {
    sns.destroy();
    cloudFormation.destroy();
  }
}

/**
 * The attributes that a template's topic has and the live one lacks, or has with another value. What the template
 * computes (Ref, Fn::GetAtt) has no value to compare and is left alone.
 */
export function missingAttributes(
  properties: Readonly<Record<string, unknown>>,
  live: Attributes,
): Attributes {
  return Object.fromEntries(
    attributeNames.flatMap((name) => {
      const wanted = properties[name];
      if (wanted === undefined || typeof wanted === 'object') return [];
      // Templates write booleans as true and "true", and what reads them answers "true" and "True".
      const same = String(wanted).toLowerCase() === live[name]?.toLowerCase();
      return same ? [] : [[name, String(wanted)]];
    }),
  );
}

interface Topic {
  readonly topicArn: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties?: Readonly<Record<string, unknown>> }>>;
}

async function topicsOf(client: CloudFormationClient, stackName: string): Promise<readonly Topic[]> {
  const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName: stackName }));
  const { Resources: resources } = JSON.parse(TemplateBody) as Template;
  const topics: Topic[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (ResourceType !== topicType || !LogicalResourceId || !PhysicalResourceId) continue;
      const properties = resources[LogicalResourceId]?.Properties ?? {};
      topics.push({ topicArn: PhysicalResourceId, properties });
    }
  }
  return topics;
}
