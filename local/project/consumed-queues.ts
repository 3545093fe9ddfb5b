import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { readResources, type StackResource } from '../deployment/stack-resources.ts';
import type { ClientConfig } from '../endpoint/client-config.ts';

/** The URLs of the queues of some deployed stacks that a function reads. Dead-letter queues have no such function. */
export async function consumedQueues(
  clientConfig: ClientConfig,
  stackNames: readonly string[],
): Promise<readonly string[]> {
  const client = new CloudFormationClient(clientConfig);
  try {
    const urls: string[] = [];
    for (const name of stackNames) urls.push(...queuesWithFunction(await readResources(client, name)));
    return urls;
  } finally {
    client.destroy();
  }
}

/** The queues of one stack that an event source mapping of the same stack names. */
export function queuesWithFunction(resources: readonly StackResource[]): readonly string[] {
  const sources = resources
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
    .map(({ properties }) => attributeOwner(properties.EventSourceArn));
  return resources
    .filter(({ type, logicalId }) => type === 'AWS::SQS::Queue' && sources.includes(logicalId))
    .map(({ physicalId }) => physicalId);
}

/** The logical id in `{ "Fn::GetAtt": [logicalId, "Arn"] }`. */
function attributeOwner(value: unknown): string | undefined {
  const [owner] = (value as { 'Fn::GetAtt'?: readonly string[] } | undefined)?.['Fn::GetAtt'] ?? [];
  return owner;
}
