import { Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { isImported } from '../rules/check-fifo-topic.ts';
import type { ConsumerQueues } from './consumer-queues.ts';

/**
 * Subscribes a consumer's queue to a topic with raw message delivery, and lets the topic send to the queue.
 *
 * The function replaces CDK's `SqsSubscription`, with two differences. First, the logical id of the subscription is
 * fixed: it depends only on the consumer's place in its stack. If the id changed, CloudFormation would subscribe again,
 * get the ARN of the existing subscription (SNS: "Subscribe", a repeated request), and then delete that subscription.
 * Second, the function does not change encryption keys. `SqsSubscription` names the topic in the key's policy, which is
 * a circular dependency if the key also encrypts the topic.
 */
export function subscribeQueue(
  consumer: Construct,
  topic: ITopic,
  { queue, subscriptionDeadLetterQueue }: ConsumerQueues,
): Subscription {
  const stack = Stack.of(queue);
  const { policyDependable } = queue.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      principals: [snsPrincipal(topic.env.region, stack.region)],
      conditions: { ArnEquals: { 'aws:SourceArn': topic.topicArn } },
    }),
  );
  const subscription = new Subscription(consumer, 'Subscription', {
    topic,
    protocol: SubscriptionProtocol.SQS,
    endpoint: queue.queueArn,
    rawMessageDelivery: true,
    deadLetterQueue: subscriptionDeadLetterQueue,
    ...(isElsewhere(topic, stack) ? { region: topic.env.region } : {}),
  });
  if (policyDependable !== undefined) subscription.node.addDependency(policyDependable);
  if (!isImported(topic) && topic.stack !== stack) stack.addStackDependency(topic.stack);
  return subscription;
}

/** Whether the topic is in another Region, so that the subscription must name the Region. */
function isElsewhere(topic: ITopic, { region }: Stack): boolean {
  return isImported(topic) || (!Token.isUnresolved(topic.env.region) && topic.env.region !== region);
}

/**
 * The principal with which SNS delivers from one Region to another. If one of them is an opt-in Region, SNS uses that
 * Region's principal (AWS: "Sending Amazon SNS messages to an Amazon SQS queue in a different Region").
 */
function snsPrincipal(topicRegion: string, queueRegion: string): ServicePrincipal {
  const isOptIn = (region: string) => RegionInfo.get(region).isOptInRegion;
  const regions = [queueRegion, topicRegion];
  if (topicRegion === queueRegion || regions.some((region) => Token.isUnresolved(region))) {
    return new ServicePrincipal('sns.amazonaws.com');
  }
  const region = regions.find(isOptIn);
  return region === undefined
    ? new ServicePrincipal('sns.amazonaws.com')
    : ServicePrincipal.fromStaticServicePrincipleName(`sns.${region}.amazonaws.com`);
}
