import { Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { isImported } from '../rules/check-fifo-topic.ts';
import type { ConsumerQueues } from './consumer-queues.ts';

/**
 * Subscribes a consumer's queue to a topic, raw, and lets the topic send to the queue.
 *
 * It does what CDK's `SqsSubscription` does, with two differences. The logical id of the subscription is fixed: it depends
 * on the consumer's place in its stack alone. If it changed, CloudFormation would create the subscription anew, get the ARN
 * of the one that exists (SNS: "Subscribe", a repeated request), and then delete that. And it leaves encryption keys alone,
 * because `SqsSubscription` names the topic in the key's policy: a circle if the key encrypts the topic too.
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

/** Whether a subscription has to say where its topic is. */
function isElsewhere(topic: ITopic, { region }: Stack): boolean {
  return isImported(topic) || (!Token.isUnresolved(topic.env.region) && topic.env.region !== region);
}

/**
 * SNS as the principal that delivers from one Region to another. If one of the two is an opt-in Region, the principal is
 * that Region's own (AWS: "Sending Amazon SNS messages to an Amazon SQS queue in a different Region").
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
