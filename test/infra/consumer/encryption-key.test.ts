import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { DataTable, EventTopic, RecordTable } from '../../../lib/index.ts';
import { newApp, refusal, resources, root, shop } from '../support.ts';
import { bookings } from './support.ts';

const ofKey = (id = 'Key') => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}`), 'Arn'] });

test('a key encrypts the three queues, and the environment and the log of the function', () => {
  const stack = shop();
  bookings(stack, { encryptionKey: new Key(stack, 'Key') });
  const template = Template.fromStack(stack);
  template.resourcePropertiesCountIs('AWS::SQS::Queue', { KmsMasterKeyId: ofKey() }, 3);
  template.resourcePropertiesCountIs('AWS::SQS::Queue', { SqsManagedSseEnabled: true }, 0);
  template.hasResourceProperties('AWS::Lambda::Function', { KmsKeyArn: ofKey() });
  template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: ofKey() });
});

test('a key encrypts the tables, and functions may use it', () => {
  const stack = shop();
  const encryptionKey = new Key(stack, 'Key');
  const seats = new DataTable(stack, 'Seats', { partitionKey: 'seat', encryptionKey });
  bookings(stack, {
    records: new RecordTable(stack, 'Records', { encryptionKey }),
    tables: { seats: { table: seats, effects: ['put'] } },
  });
  const template = Template.fromStack(stack);
  const encrypted = { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: ofKey() } };
  template.resourcePropertiesCountIs('AWS::DynamoDB::Table', encrypted, 2);
  expect(keyActions(stack)).toEqual(
    new Set(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*']),
  );
});

test('the function may use the key to receive and to send messages', () => {
  const stack = shop();
  bookings(stack, { encryptionKey: new Key(stack, 'Key') });
  expect(keyActions(stack)).toEqual(new Set(['kms:Decrypt', 'kms:GenerateDataKey']));
});

/** What roles may do with keys. */
function keyActions(stack: Stack): ReadonlySet<string> {
  const actions = Object.values(resources(stack))
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => Action)
    .filter((action: string) => action.startsWith('kms:'));
  return new Set(actions);
}

test.each([
  [undefined, { Ref: 'AWS::Region' }, { Ref: 'AWS::URLSuffix' }],
  ['cn-north-1', 'cn-north-1', { Ref: 'AWS::URLSuffix' }],
])('CloudWatch may use the key for the log groups of the account, in the Region %s', (region, named, suffix) => {
  const stack = new Stack(newApp(), 'Shop', { env: region === undefined ? {} : { region } });
  bookings(stack, { encryptionKey: new Key(stack, 'Key') });
  const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
  const logs = region === undefined ? joined('logs.', named, '.', suffix) : joined(`logs.${named}.`, suffix);
  Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        {
          Effect: 'Allow',
          Principal: { Service: logs },
          Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
          Resource: '*',
          Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } },
        },
      ]),
    },
  });
});

describe('SNS may use the key', () => {
  const sns = (account: unknown) => ({
    KeyPolicy: {
      Statement: Match.arrayWith([
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        },
      ]),
    },
  });

  test('for topics of the account', () => {
    const stack = shop();
    bookings(stack, { encryptionKey: new Key(stack, 'Key') });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', sns({ Ref: 'AWS::AccountId' }));
  });

  test("for topics of an imported topic's account", () => {
    const stack = shop();
    const topic = Topic.fromTopicArn(stack, 'Theirs', 'arn:aws:sns:eu-west-1:222222222222:orders.fifo');
    bookings(stack, { topic, encryptionKey: new Key(stack, 'Key') });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', sns('222222222222'));
  });
});

test('one key can encrypt everything, with the feature flags of a new CDK app and across stacks', () => {
  const app = newApp();
  const flags = readFileSync(join(root, 'node_modules/aws-cdk-lib/recommended-feature-flags.json'), 'utf8');
  for (const [flag, value] of Object.entries(JSON.parse(flags))) app.node.setContext(flag, value);
  const shared = new Stack(app, 'Shared');
  const encryptionKey = new Key(shared, 'Key');
  const topic = new EventTopic(shared, 'Events', { encryptionKey });
  const records = new RecordTable(shared, 'Records', { encryptionKey });
  const seats = new DataTable(shared, 'Seats', { partitionKey: 'seat', encryptionKey });
  const props = {
    topic,
    records,
    encryptionKey,
    tables: { seats: { table: seats, effects: ['put'] } },
  } as const;
  bookings(shared, { ...props, alarmTopic: new Topic(shared, 'Alarms', { masterKey: encryptionKey }) });
  const own = new Stack(app, 'Own');
  bookings(own, { ...props, consumerName: 'own' });
  // It fails for resources that depend on each other in a circle.
  for (const stack of [shared, own]) expect(() => Template.fromStack(stack)).not.toThrow();
});

describe('an imported key', () => {
  const arn = 'arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012';

  test('fails synthesis, because SNS could not deliver', () => {
    const stack = shop();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', arn);
    expect(() => bookings(stack, { encryptionKey })).toThrow(
      'encryptionKey of "Shop/Bookings" is an imported key, whose policy the CDK cannot change: SNS could not deliver to ' +
        'the queue, and events would be lost. Give it the policy of docs/deploy.md, "A key of your own", then set ' +
        '"keyPolicyIsMine: true".',
    );
  });

  test('fails synthesis for topics and tables too', () => {
    const stack = shop();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', arn);
    const imported = (path: string) => `encryptionKey of "Shop/${path}" is an imported key`;
    expect(() => new EventTopic(stack, 'Events', { encryptionKey })).toThrow(imported('Events'));
    expect(() => new RecordTable(stack, 'Records', { encryptionKey })).toThrow(imported('Records'));
    const seats = { partitionKey: 'seat', encryptionKey };
    expect(() => new DataTable(stack, 'Seats', seats)).toThrow(imported('Seats'));
  });

  test('is accepted with keyPolicyIsMine', () => {
    const stack = shop();
    const own = { encryptionKey: Key.fromKeyArn(stack, 'Key', arn), keyPolicyIsMine: true };
    const topic = new EventTopic(stack, 'Events', own);
    bookings(stack, { ...own, topic, records: new RecordTable(stack, 'Records', own) });
    expect(refusal(stack)).toBe('nothing was refused');
  });
});

describe('the key of a topic', () => {
  test('encrypts the topic, and can be used by principals that may publish, of other accounts too', () => {
    const stack = shop();
    const topic = new EventTopic(stack, 'Events', { encryptionKey: new Key(stack, 'Key') });
    topic.grantPublish(new AccountPrincipal('222222222222'));
    topic.grantPublish(new ServicePrincipal('events.amazonaws.com'));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: ofKey() });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['kms:Decrypt', 'kms:GenerateDataKey*']),
            Principal: { Service: 'events.amazonaws.com' },
          }),
        ]),
      },
    });
    expect(JSON.stringify(template.toJSON())).toContain(':iam::222222222222:root');
  });

  test('is the AWS managed key by default', () => {
    const stack = shop();
    new EventTopic(stack, 'Events');
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: 'alias/aws/sns' });
  });
});
