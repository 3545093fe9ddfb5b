import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EventTopic } from '../../../lib/index.ts';
import { newApp, refusal, resources, shop } from '../support.ts';
import { bookings } from './support.ts';

const ofKey = (id = 'Key') => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}`), 'Arn'] });

test('a key encrypts the three queues and the environment of the function', () => {
  const stack = shop();
  bookings(stack, { encryptionKey: new Key(stack, 'Key') });
  const template = Template.fromStack(stack);
  template.resourcePropertiesCountIs('AWS::SQS::Queue', { KmsMasterKeyId: ofKey() }, 3);
  template.resourcePropertiesCountIs('AWS::SQS::Queue', { SqsManagedSseEnabled: true }, 0);
  template.hasResourceProperties('AWS::Lambda::Function', { KmsKeyArn: ofKey() });
});

test('the function may use the key to receive and to send messages', () => {
  const stack = shop();
  bookings(stack, { encryptionKey: new Key(stack, 'Key') });
  const actions = Object.values(resources(stack))
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => Action)
    .filter((action: string) => action.startsWith('kms:'));
  expect(new Set(actions)).toEqual(new Set(['kms:Decrypt', 'kms:GenerateDataKey']));
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

test('one key can also encrypt the topic, with the feature flags of a new CDK app and across stacks', () => {
  const app = newApp();
  app.node.setContext('@aws-cdk/aws-sns-subscriptions:restrictSqsDescryption', true);
  const shared = new Stack(app, 'Shared');
  const encryptionKey = new Key(shared, 'Key');
  const topic = new EventTopic(shared, 'Events', { encryptionKey });
  bookings(shared, { topic, encryptionKey });
  const own = new Stack(app, 'Own');
  bookings(own, { topic, encryptionKey });
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
        'the queue, and events would be lost. Let sns.amazonaws.com use it (kms:Decrypt, kms:GenerateDataKey), then set ' +
        '"keyPolicyIsMine: true".',
    );
  });

  test('is accepted with keyPolicyIsMine', () => {
    const stack = shop();
    bookings(stack, { encryptionKey: Key.fromKeyArn(stack, 'Key', arn), keyPolicyIsMine: true });
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
