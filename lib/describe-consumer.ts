import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnSubscription, Subscription } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ConsumerDescription } from '../contract/consumer-description.ts';
import { version } from '../contract/version.ts';
import type { IdempotentConsumerProps } from './idempotent-consumer-props.ts';
import type { ConsumerQueues } from './queues/consumer-queues.ts';

export interface DescribedParts extends ConsumerQueues {
  readonly handler: LambdaFunction;
  readonly subscription: Subscription;
  readonly eventSource: EventSourceMapping;
  /** See `ConsumerSettings`. */
  readonly history: string;
}

/** Writes the description of a consumer into an output of its own stack. Tools read it: see `ConsumerDescription`. */
export function describeConsumer(
  consumer: Construct,
  { consumerName, guarantee, topic, records, tables = {} }: IdempotentConsumerProps,
  { handler, subscription, eventSource, history, ...queues }: DescribedParts,
): void {
  const description: ConsumerDescription = {
    'order-once': version,
    consumer: consumerName,
    ...(guarantee === undefined ? {} : { guarantee }),
    history,
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, { table, effects }]) => [name, { arn: table.tableArn, effects }]),
    ),
    topic: topic.topicArn,
    subscription: (subscription.node.defaultChild as CfnSubscription).ref,
    queue: queues.queue.queueArn,
    deadLetterQueue: queues.deadLetterQueue.queueArn,
    subscriptionDeadLetterQueue: queues.subscriptionDeadLetterQueue.queueArn,
    function: handler.functionArn,
    records: records.tableArn,
    eventSource: eventSource.eventSourceMappingId,
    logGroup: handler.logGroup.logGroupName,
  };
  new CfnOutput(consumer, 'Description', { value: Stack.of(consumer).toJsonString(description) });
}
