import { type GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { credentials } from '../../../../local/endpoint/client-config.ts';
import { consumedQueues } from '../../../../local/project/consumed-queues.ts';

const clientConfig = {
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  credentials,
  useQueueUrlAsEndpoint: false,
} as const;

/** An endpoint with these event source mappings: ARN by id. */
function serving(sources: Readonly<Record<string, string>>): void {
  jest.spyOn(LambdaClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    return { EventSourceArn: sources[(command as GetEventSourceMappingCommand).input.UUID ?? ''] };
  });
  jest.spyOn(SQSClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    const { QueueOwnerAWSAccountId, QueueName } = (command as GetQueueUrlCommand).input;
    return { QueueUrl: `http://127.0.0.1:9/${QueueOwnerAWSAccountId}/${QueueName}` };
  });
}

afterEach(() => jest.restoreAllMocks());

const resource = (type: string, physicalId: string) => ({ type, physicalId, properties: {} });
const mapping = (id: string) => resource('AWS::Lambda::EventSourceMapping', id);

test('finds the queues that functions read, also those of other stacks, and no dead-letter queues', async () => {
  serving({ 1: 'arn:aws:sqs:us-east-1:000000000000:points.fifo', 2: 'arn:aws:sqs:us-east-1:1:imported' });
  const resources = [
    resource('AWS::SQS::Queue', 'http://127.0.0.1:9/000000000000/points.fifo'),
    resource('AWS::SQS::Queue', 'http://127.0.0.1:9/000000000000/points-dlq.fifo'),
    mapping('1'),
    // Its queue is in a stack that was not deployed with this one.
    mapping('2'),
  ];
  expect(await consumedQueues(clientConfig, resources)).toEqual([
    'http://127.0.0.1:9/000000000000/points.fifo',
    'http://127.0.0.1:9/1/imported',
  ]);
});

test('names a queue with two functions once, and no source that is not a queue', async () => {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:points.fifo';
  serving({ 1: arn, 2: arn, 3: 'arn:aws:dynamodb:us-east-1:000000000000:table/members/stream/1' });
  expect(await consumedQueues(clientConfig, ['1', '2', '3'].map(mapping))).toHaveLength(1);
});
