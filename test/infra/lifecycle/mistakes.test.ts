import { Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import {
  EventTopic,
  IdempotentConsumer,
  type IdempotentConsumerProps,
  RecordTable,
} from '../../../lib/index.ts';
import { bookings } from '../consumer/support.ts';
import { refusalOf, required } from '../settings/support.ts';
import { anyEntry, everyConsumer, newApp, orderOnceStack, refusal, resources, shop } from '../support.ts';
import { lostBy } from './update.ts';

/*
 * What somebody gets wrong, or changes, in a system that runs. Each mistake fails at synthesis with its fix, or loses
 * nothing.
 */

describe('a mistake in the settings fails at synthesis, with the fix', () => {
  test.each<[string, Parameters<typeof refusalOf>[0], string]>([
    [
      'the settings of a deployed consumer are forgotten',
      { file: JSON.stringify({ notifications: 'off', intake: required.intake }) },
      '"billing" is missing; it must be "off", which removes the consumer if it is deployed, or { "paymentUrl": "<URL>" }.',
    ],
    [
      'a consumer is switched off by another word',
      { file: { billing: 'none' } },
      '"billing" is "none"; it must be "off"',
    ],
    [
      'a setting is misspelt',
      { file: { biling: 'off' } },
      '"biling" is not a setting; did you mean "billing"?',
    ],
    [
      'a setting stands twice, and the second one would count',
      {
        file: '{"billing": {"paymentUrl": "https://a.test"}, "notifications": "off", "intake": {"auth": "iam"}, "billing": "off"}',
      },
      'has a name twice',
    ],
    [
      'a setting is given on the command line, as before',
      { context: { paymentUrl: 'https://a.test' } },
      'Write "billing": { "paymentUrl": "<URL>" } in config/production.json',
    ],
    [
      'the stage is misspelt, and production would be deployed',
      { context: { stgae: 'dev' } },
      'Did you mean -c stage=...?',
    ],
    [
      'the name of the stack is given, and a second stack would be deployed',
      { context: { stackName: 'Orders' } },
      'with -c stage=NAME it is OrderOnce-NAME',
    ],
    [
      'production is deployed with the settings of another file',
      { context: { settings: 'config/dev.json' } },
      'Name another stage: -c stage=trial for instance.',
    ],
    [
      'production is told to delete its data',
      { file: { data: 'delete' } },
      'production keeps its data. Use another stage',
    ],
    [
      'resources that stay get names that block the next deployment',
      { file: { physicalNames: 'fixed' } },
      'would block the next deployment by its name',
    ],
    [
      'charges go unencrypted over the network',
      { file: { billing: { paymentUrl: 'http://pay.test/charges' } } },
      'it must be an https URL',
    ],
  ])('%s', (_, given, fix) => {
    expect(refusalOf(given)).toContain(fix);
  });
});

describe('a mistake in a stack fails at synthesis, with the fix', () => {
  const cases: readonly [string, (stack: Stack) => unknown, string][] = [
    [
      'records are kept for less time than messages can come',
      (stack) => bookings(stack, { records: new RecordTable(stack, 'R', { ttl: Duration.days(40) }) }),
      'It would be applied again. Raise "ttl" of the RecordTable',
    ],
    [
      'a queue keeps messages longer than records count',
      (stack) => bookings(stack, { retention: Duration.days(14) }),
      'Raise "ttl" of the RecordTable, or lower "retention"',
    ],
    [
      'the retention of a queue is changed behind the back of the construct',
      (stack) => {
        (bookings(stack).queue.node.defaultChild as CfnQueue).messageRetentionPeriod = 60;
      },
      'Set "retention", which sets both.',
    ],
    [
      'a subscription gets a filter policy, and delivers at most once',
      (stack) => {
        const subscription = bookings(stack).node.findChild('Subscription').node.defaultChild;
        (subscription as CfnSubscription).filterPolicy = { kind: ['a'] };
      },
      'Remove it, and let the handler return no effects',
    ],
    [
      'two consumers have one name on one record table',
      (stack) => {
        const records = new RecordTable(stack, 'R');
        bookings(stack, { records });
        bookings(new Stack(stack.node.root as never, 'Second'), { records });
      },
      'Give one of them another consumerName',
    ],
    [
      'a topic is not FIFO',
      (stack) => bookings(stack, { topic: new Topic(stack, 'T') }),
      'Give a FIFO topic',
    ],
    [
      'two topics would be one',
      (stack) => [new EventTopic(stack, 'Orders'), new EventTopic(stack, 'orders')],
      'Give one of them another id or another name',
    ],
    [
      "a key of somebody else's encrypts a queue, and SNS may not use it",
      (stack) => {
        const arn = 'arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012';
        bookings(stack, { encryptionKey: Key.fromKeyArn(stack, 'Key', arn) });
      },
      'then set "keyPolicyIsMine: true"',
    ],
    [
      'the construct names a guarantee that does not exist',
      (stack) => bookings(stack, { guarantee: 'exactlyOnce' as 'exactly-once' }),
      'it must be "exactly-once"',
    ],
  ];

  test.each(cases)('%s', (_, make, fix) => {
    const stack = shop();
    const message = () => {
      try {
        make(stack);
      } catch (error) {
        return (error as Error).message;
      }
      return refusal(stack);
    };
    expect(message()).toContain(fix);
  });
});

describe('an edit of a running system loses nothing', () => {
  const template = (props: Partial<IdempotentConsumerProps> = {}, stack = shop()) => {
    bookings(stack, props);
    return resources(stack);
  };

  test('a consumer is switched off: its queues with their messages, and its logs, stay', () => {
    const lost = lostBy(
      resources(orderOnceStack(everyConsumer)),
      resources(orderOnceStack({ ...everyConsumer, billing: 'off' })),
    );
    const data = lost.filter((one) => /Queue |LogGroup |Table /.test(one));
    expect(data).toHaveLength(4);
    for (const one of data) expect(one).toMatch(/Billing.*: WILL_ORPHAN$/);
  });

  test('the retention policy of data is lifted, and the next deployment has not deleted anything', () => {
    expect(lostBy(template(), template({ removalPolicy: RemovalPolicy.DESTROY }))).toEqual([]);
  });

  test('a stack moves into a stage, with its name', () => {
    const staged = new Stack(new Stage(newApp(), 'Prod'), 'Shop', { stackName: 'Shop' });
    expect(lostBy(template(), template({}, staged))).toEqual([]);
  });

  test('a topic gets a key', () => {
    const stack = shop();
    const topic = new EventTopic(stack, 'Events', { encryptionKey: new Key(stack, 'Key') });
    expect(lostBy(template(), template({ topic }, stack))).toEqual([]);
  });

  test('a second consumer is added', () => {
    const stack = shop();
    const topic = new EventTopic(stack, 'Events');
    const records = new RecordTable(stack, 'Records');
    const before = template({ topic, records }, stack);
    const both = shop();
    const shared = { topic: new EventTopic(both, 'Events'), records: new RecordTable(both, 'Records') };
    // Before `Bookings`, so that nothing hangs on the order in which consumers are made.
    new IdempotentConsumer(both, 'Arrivals', { ...shared, consumerName: 'arrivals', entry: anyEntry });
    expect(lostBy(before, template(shared, both))).toEqual([]);
  });
});
