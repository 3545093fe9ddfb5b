import type { Duration } from 'aws-cdk-lib';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Subscription } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type EnvironmentName, environmentNames } from '../../contract/environment.ts';
import type { ConsumerQueues } from '../queues/consumer-queues.ts';
import { renderedProperties } from '../rendered-properties.ts';

export interface ConsumerParts extends ConsumerQueues {
  readonly handler: LambdaFunction;
  readonly subscription: Subscription;
  readonly eventSource: EventSourceMapping;
  readonly toleratedOutage: Duration;
}

/**
 * A consumer's settings in the template. Times are in seconds. A number that is missing, or known only at deployment,
 * is NaN.
 */
export interface DeployedConsumer {
  readonly recordTtlSeconds: number;
  readonly functionTimeoutSeconds: number;
  /** The settings of its queue that are in the function's environment. */
  readonly functionSettings: Pick<
    DeployedQueue,
    'visibilityTimeoutSeconds' | 'queueRetentionSeconds' | 'maxReceiveCount'
  >;
  readonly batchSize: number;
  readonly toleratedOutageSeconds: number;
  readonly queue: DeployedQueue;
  readonly deadLetterQueue: DeployedQueue;
  readonly subscriptionDeadLetterQueue: DeployedQueue;
  readonly filterPolicy: unknown;
}

export interface DeployedQueue {
  readonly fifo: boolean;
  readonly queueRetentionSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
}

/** The consumer as in its template, with the changes of escape hatches (`addPropertyOverride`). */
export function readDeployed(parts: ConsumerParts): DeployedConsumer {
  const handler = renderedProperties(parts.handler);
  const setting = (name: EnvironmentName) =>
    Number(handler.Environment?.Variables?.[environmentNames[name]] ?? Number.NaN);
  return {
    recordTtlSeconds: setting('recordTtlSeconds'),
    functionSettings: {
      visibilityTimeoutSeconds: setting('visibilityTimeoutSeconds'),
      queueRetentionSeconds: setting('queueRetentionSeconds'),
      maxReceiveCount: setting('maxReceiveCount'),
    },
    functionTimeoutSeconds: number(handler.Timeout),
    batchSize: number(renderedProperties(parts.eventSource).BatchSize),
    toleratedOutageSeconds: parts.toleratedOutage.toSeconds(),
    queue: readQueue(parts.queue),
    deadLetterQueue: readQueue(parts.deadLetterQueue),
    subscriptionDeadLetterQueue: readQueue(parts.subscriptionDeadLetterQueue),
    filterPolicy: renderedProperties(parts.subscription).FilterPolicy,
  };
}

function readQueue(queue: Queue): DeployedQueue {
  const { FifoQueue, MessageRetentionPeriod, VisibilityTimeout, RedrivePolicy } = renderedProperties(queue);
  return {
    fifo: FifoQueue === true,
    queueRetentionSeconds: number(MessageRetentionPeriod),
    visibilityTimeoutSeconds: number(VisibilityTimeout),
    maxReceiveCount: number(RedrivePolicy?.maxReceiveCount),
  };
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
