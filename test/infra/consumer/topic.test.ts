import { type App, CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { EventTopic } from '../../../lib/index.ts';
import { newApp, refusal, resources, shop } from '../support.ts';
import { bookings } from './support.ts';

const account = '111111111111';

function imported(arn: string) {
  return (stack: Stack) => Topic.fromTopicArn(stack, 'Imported', arn);
}

/** What the stack says of the subscription, and of what SNS may do with its queues. */
function subscriptionOf(stack: Stack) {
  const all = Object.values(resources(stack));
  const statements = all
    .filter(({ Type }) => Type === 'AWS::SQS::QueuePolicy')
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow');
  const subscriptions = all.filter(({ Type }) => Type === 'AWS::SNS::Subscription');
  return { statements, subscriptions: subscriptions.map(({ Properties }) => Properties) };
}

/** The same by CDK's own `SqsSubscription`, with queues of the same logical ids. */
function subscribedByCdk(stack: Stack, topic: ITopic): void {
  const scope = new Construct(stack, 'Bookings');
  const [deadLetterQueue, queue] = ['SubscriptionDeadLetterQueue', 'Queue'].map(
    (id) => new Queue(scope, id, { fifo: true }),
  ) as [Queue, Queue];
  topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true, deadLetterQueue }));
}

describe("a subscription has the properties of the CDK's SqsSubscription", () => {
  const elsewhere = (app: App, region: string) => new Stack(app, 'Elsewhere', { env: { account, region } });
  test.each<[string, string | undefined, (stack: Stack, app: App) => ITopic]>([
    ['of the same stack', undefined, (stack) => new Topic(stack, 'T', { fifo: true })],
    ['of the same stack, in a Region', 'eu-west-1', (stack) => new Topic(stack, 'T', { fifo: true })],
    ['of another stack', undefined, (_, app) => new Topic(new Stack(app, 'Other'), 'T', { fifo: true })],
    [
      'of another stack in another Region',
      'eu-west-1',
      (_, app) => new Topic(elsewhere(app, 'us-east-1'), 'T', { fifo: true, topicName: 'orders.fifo' }),
    ],
    ['of another account', 'eu-west-1', imported('arn:aws:sns:eu-west-1:222222222222:orders.fifo')],
    ['of any stack', undefined, imported('arn:aws:sns:eu-west-1:222222222222:orders.fifo')],
    ['of an opt-in Region', 'eu-west-1', imported('arn:aws:sns:me-south-1:222222222222:orders.fifo')],
    ['for an opt-in Region', 'me-south-1', imported('arn:aws:sns:eu-west-1:222222222222:orders.fifo')],
    ['of an ARN that is known later', 'eu-west-1', imported(Fn.importValue('OrdersTopicArn'))],
  ])('a topic %s', (_, region, topicOf) => {
    const [ours, theirs] = [bookingsOf, subscribedByCdk].map((subscribe) => {
      const app = newApp();
      const stack = new Stack(app, 'Shop', region === undefined ? {} : { env: { account, region } });
      subscribe(stack, topicOf(stack, app));
      return subscriptionOf(stack);
    });
    expect(ours).toEqual(theirs);
    expect(ours?.subscriptions).toHaveLength(1);
    expect(ours?.statements).toHaveLength(2);
  });

  function bookingsOf(stack: Stack, topic: ITopic): void {
    bookings(stack, { topic });
  }
});

test('a stack whose consumer uses the topic of another stack depends on that stack', () => {
  const app = newApp();
  const [theirs, ours] = ['Theirs', 'Ours'].map((id) => new Stack(app, id)) as [Stack, Stack];
  bookings(ours, { topic: new EventTopic(theirs, 'Events') });
  expect(ours.dependencies).toContain(theirs);
});

describe('a standard topic fails synthesis with an error that names the topic and the fix', () => {
  const fix =
    ', a standard topic: it keeps no order, and SNS does not deliver it to a FIFO queue. Give a FIFO topic: an EventTopic, ' +
    'a Topic with "fifo: true", or an imported one, whose name ends with ".fifo".';

  test.each<[string, (stack: Stack) => ITopic, string]>([
    ['of the stack', (stack) => new Topic(stack, 'Orders'), 'topic is "Shop/Orders"'],
    [
      'of the stack that has a name',
      (stack) => new Topic(stack, 'Orders', { topicName: 'orders' }),
      'topic is "Shop/Orders"',
    ],
    ['that is imported', imported('arn:aws:sns:eu-west-1:222222222222:orders'), 'topic is "orders"'],
  ])('a topic %s', (_, topicOf, named) => {
    const stack = shop();
    expect(() => bookings(stack, { topic: topicOf(stack) })).toThrow(named + fix);
  });
});

test('an imported topic whose ARN is known only at deployment is accepted', () => {
  const stack = shop();
  const arn = new CfnParameter(stack, 'TopicArn').valueAsString;
  bookings(stack, { topic: Topic.fromTopicArn(stack, 'Imported', arn), timeout: Duration.seconds(20) });
  expect(refusal(stack)).toBe('nothing was refused');
});
