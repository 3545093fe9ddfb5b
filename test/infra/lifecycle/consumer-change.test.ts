import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, NestedStack, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DataTable, EventTopic, IdempotentConsumer, RecordTable } from '../../../lib/index.ts';
import { anyEntry, resources, root, temporaryFolder } from '../support.ts';
import { pairwise } from './pairwise.ts';
import { guardedIds, lostBy, type Resources } from './update.ts';

const newFlags = JSON.parse(
  readFileSync(join(root, 'node_modules/aws-cdk-lib/recommended-feature-flags.json'), 'utf8'),
);

const choices = {
  flags: [{}, newFlags],
  timeout: [Duration.seconds(30), Duration.minutes(2)],
  batchSize: [10, 3],
  retention: [Duration.days(4), Duration.days(7)],
  deadLetterRetention: [Duration.days(14), Duration.days(10)],
  ttl: [Duration.days(45), Duration.days(90)],
  onPoison: ['quarantine', 'block'],
  concurrency: [{}, { maxConcurrency: 7 }, { provisionedPollerConfig: { minimumPollers: 2 } }],
  key: [false, true],
  architecture: [Architecture.ARM_64, Architecture.X86_64],
  tracing: [Tracing.DISABLED, Tracing.ACTIVE],
  removalPolicy: [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, RemovalPolicy.DESTROY],
  effects: [['put'], ['put', 'increment']],
} as const;

type Options = ReturnType<typeof pairwise<typeof choices>>[number];

/** Where the constructs are: the name of their stack is the same in the first two. */
const places = {
  stack: (app: App) => new Stack(app, 'Shop'),
  stage: (app: App) => new Stack(new Stage(app, 'Prod'), 'Shop', { stackName: 'Shop' }),
  'renamed stack': (app: App) => new Stack(app, 'Other'),
  'nested stack': (app: App) => new NestedStack(new Stack(app, 'Shop'), 'Part'),
} as const;

function templateIn(
  place: keyof typeof places,
  { flags, ttl, key, concurrency, effects, ...options }: Options,
  wrap: (stack: Stack) => Construct = (stack) => stack,
): Resources {
  const app = new App({
    context: { ...flags, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
    outdir: temporaryFolder(),
  });
  const stack = places[place](app);
  const scope = wrap(stack);
  const encryptionKey = key ? { encryptionKey: new Key(stack, 'Key') } : {};
  const seats = new DataTable(scope, 'Seats', { partitionKey: 'seat' });
  new IdempotentConsumer(scope, 'Bookings', {
    ...{ ...options, ...concurrency, ...encryptionKey },
    consumerName: 'bookings',
    topic: new EventTopic(scope, 'Events', encryptionKey),
    records: new RecordTable(scope, 'Records', { ttl }),
    entry: anyEntry,
    tables: { seats: { table: seats, effects } },
  });
  return resources(stack);
}

const combinations = pairwise(choices);
const [usual] = combinations as [Options];

test('no change of an option or of a feature flag loses a resource of a consumer', () => {
  const deployments = combinations.map((options) => ({ options, template: templateIn('stack', options) }));
  for (const before of deployments) {
    for (const after of deployments) {
      const lost = lostBy(before.template, after.template);
      expect({ before: before.options, after: after.options, lost }).toMatchObject({ lost: [] });
    }
  }
});

test.each([
  'stage',
  'renamed stack',
  'nested stack',
] as const)('a %s has the logical ids of a stack', (place) => {
  for (const options of [usual, { ...usual, flags: newFlags }]) {
    expect(guardedIds(templateIn(place, options))).toEqual(guardedIds(templateIn('stack', options)));
  }
});

test('a move into a stage loses nothing, if the stack keeps its name', () => {
  const [before, after] = [templateIn('stack', usual), templateIn('stage', { ...usual, flags: newFlags })];
  expect(lostBy(before, after)).toEqual([]);
});

test('logical ids are these, in every version: other ids would lose what is deployed', () => {
  expect(guardedIds(templateIn('stack', usual))).toEqual([
    'AWS::DynamoDB::Table Records091F6ECA',
    'AWS::DynamoDB::Table SeatsC09FF6F7',
    'AWS::Lambda::EventSourceMapping BookingsEventSource15A1C362',
    'AWS::Lambda::Function BookingsFunctionDE73D123',
    'AWS::Logs::LogGroup BookingsLogsCCDE7C3F',
    'AWS::SNS::Subscription BookingsSubscriptionF60526D4',
    'AWS::SNS::Topic EventsD32975C2',
    'AWS::SQS::Queue BookingsDeadLetterQueue9AB1A9C2',
    'AWS::SQS::Queue BookingsQueueFDA97E8E',
    'AWS::SQS::Queue BookingsSubscriptionDeadLetterQueue8CDD5A6E',
  ]);
});

test('the comparison sees that a consumer moves into another construct, which docs/lifecycle.md makes a migration of', () => {
  const moved = templateIn('stack', usual, (stack) => new Construct(stack, 'Area'));
  expect(lostBy(templateIn('stack', usual), moved).length).toBeGreaterThan(0);
});
