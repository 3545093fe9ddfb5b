import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { StackResource } from '../deployment/stack-resources.ts';
import type { ClientConfig } from '../endpoint/client-config.ts';

/**
 * The URLs of the queues that functions read. The endpoint is asked for them, because in a template the queue of another stack is
 * an import, a parameter or a text. Dead-letter queues have no such function.
 *
 * @param resources Deployed resources. Other types than event source mappings are ignored.
 */
export async function consumedQueues(
  clientConfig: ClientConfig,
  resources: readonly StackResource[],
): Promise<readonly string[]> {
  const lambda = new LambdaClient(clientConfig);
  const sqs = new SQSClient(clientConfig);
  try {
    const urls = new Set<string>();
    for (const { type, physicalId } of resources) {
      if (type !== 'AWS::Lambda::EventSourceMapping') continue;
      const { EventSourceArn = '' } = await lambda.send(
        new GetEventSourceMappingCommand({ UUID: physicalId }),
      );
      const [, , service, , account, name] = EventSourceArn.split(':');
      if (service !== 'sqs') continue;
      const { QueueUrl = '' } = await sqs.send(
        new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }),
      );
      urls.add(QueueUrl);
    }
    return [...urls];
  } finally {
    lambda.destroy();
    sqs.destroy();
  }
}
