import { Token, Validations } from 'aws-cdk-lib';
import {
  EventSourceMapping,
  type Function as LambdaFunction,
  type ProvisionedPollerConfig,
} from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../contract/errors.ts';
import { checkNumber } from '../rules/check-number.ts';

export interface EventSourceProps {
  readonly queue: Queue;
  readonly batchSize: number;
  readonly maxConcurrency?: number | undefined;
  readonly provisionedPollerConfig?: ProvisionedPollerConfig | undefined;
}

/**
 * What a function does with its queue. Lambda receives and deletes messages with the function's role, and reads the
 * attributes of the queue (AWS: "Creating and configuring an Amazon SQS event source mapping"). The runtime deletes
 * messages too, and hides those that it tries again. `grantConsumeMessages` would also grant `sqs:GetQueueUrl`.
 */
const queueActions = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
] as const;

/**
 * Connects a queue to a function: Lambda calls the function with batches of messages, and the function returns the ids
 * of the failed ones.
 *
 * The logical id of the mapping is fixed: it depends only on the consumer's place in its stack. The id of
 * `SqsEventSource` also depends on the stack's name. If the id changed, CloudFormation would create a new mapping
 * before it deletes the old one, and Lambda refuses a second mapping of the same queue and function.
 *
 * @throws ConfigurationError for numbers that Lambda refuses.
 */
export function eventSource(
  consumer: Construct,
  handler: LambdaFunction,
  { queue, batchSize, maxConcurrency, provisionedPollerConfig }: EventSourceProps,
): EventSourceMapping {
  checkNumber('maxConcurrency', maxConcurrency, { least: 2, most: 1000 });
  if (provisionedPollerConfig !== undefined) checkPollers(provisionedPollerConfig, maxConcurrency);
  queue.grant(handler, ...queueActions);
  const mapping = new EventSourceMapping(consumer, 'EventSource', {
    target: handler,
    eventSourceArn: queue.queueArn,
    batchSize,
    reportBatchItemFailures: true,
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(provisionedPollerConfig === undefined ? {} : { provisionedPollerConfig }),
  });
  Validations.of(mapping).acknowledge({
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason:
      'Lambda has no failure destination for SQS: the queue moves messages to its own dead-letter queue.',
  });
  return mapping;
}

/** AWS: "Using provisioned mode with an Amazon SQS event source mapping". */
function checkPollers(config: ProvisionedPollerConfig, maxConcurrency: number | undefined): void {
  if (maxConcurrency !== undefined) {
    throw new ConfigurationError(
      'maxConcurrency and provisionedPollerConfig are both given, and Lambda takes one of them. Leave out maxConcurrency: ' +
        'maximumPollers limits the invocations too.',
    );
  }
  const { minimumPollers, maximumPollers } = config;
  checkNumber('provisionedPollerConfig.minimumPollers', minimumPollers, { least: 2, most: 200 });
  const least = minimumPollers === undefined || Token.isUnresolved(minimumPollers) ? 2 : minimumPollers;
  checkNumber('provisionedPollerConfig.maximumPollers', maximumPollers, { least, most: 2000 });
}
