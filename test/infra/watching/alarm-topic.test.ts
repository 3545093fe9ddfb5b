import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EventTopic, IdempotentConsumer, RecordTable } from '../../../lib/index.ts';
import { bookings } from '../consumer/support.ts';
import { anyEntry, refusal, shop } from '../support.ts';
import { templateAlarms } from './support.ts';

test('every alarm reports to the alarm topic when it rings and when it ends', () => {
  // GIVEN
  const stack = shop();
  bookings(stack, { alarmTopic: new Topic(stack, 'Alarms') });

  // THEN
  const topic = { Ref: expect.stringMatching(/^Alarms/) };
  const alarms = templateAlarms(stack);
  expect(alarms.length).toBeGreaterThan(10);
  for (const { AlarmActions, OKActions } of alarms) {
    expect(AlarmActions).toEqual([topic]);
    expect(OKActions).toEqual([topic]);
  }
});

test('CloudWatch may publish to the alarm topic and use its key, and each right is granted once', () => {
  // GIVEN
  const stack = shop();
  const masterKey = new Key(stack, 'Key');
  const alarmTopic = new Topic(stack, 'Alarms', { masterKey, enforceSSL: true });
  bookings(stack, { alarmTopic });
  new IdempotentConsumer(stack, 'Other', {
    consumerName: 'other',
    topic: new EventTopic(stack, 'Others'),
    records: new RecordTable(stack, 'OtherRecords'),
    entry: anyEntry,
    alarmTopic,
  });

  // THEN
  const fromAlarms = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ ...fromAlarms, Action: 'sns:Publish' })]),
    },
  });
  const [policy] = Object.values(
    template.findResources('AWS::SNS::TopicPolicy', {
      Properties: { Topics: [{ Ref: Match.stringLikeRegexp('^Alarms') }] },
    }),
  );
  expect(JSON.stringify(policy).match(/cloudwatch\.amazonaws\.com/g)).toHaveLength(1);
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({ ...fromAlarms, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
      ]),
    },
  });
});

test('fails for a FIFO topic, also an imported one, and names the fix', () => {
  const stack = shop();
  const imported = Topic.fromTopicArn(stack, 'Imported', 'arn:aws:sns:eu-west-1:111111111111:alarms.fifo');
  for (const alarmTopic of [new EventTopic(stack, 'Fifo'), imported]) {
    expect(() => bookings(shop(), { alarmTopic })).toThrow(
      'alarmTopic of "Shop/Bookings" is a FIFO topic, to which CloudWatch cannot publish: no alarm would reach anybody. ' +
        'Give a standard topic.',
    );
  }
});

test('fails at synthesis for a topic under alias/aws/sns, and names the fix', () => {
  // GIVEN
  const stack = shop();
  const alarmTopic = new Topic(stack, 'Alarms');
  (alarmTopic.node.defaultChild as CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
  bookings(stack, { alarmTopic });

  // THEN
  expect(refusal(stack)).toContain(
    'alarmTopic "Shop/Alarms" is encrypted under alias/aws/sns, which CloudWatch cannot use: no alarm would reach ' +
      'anybody. Give it a "masterKey" of your own, or leave its encryption out.',
  );
});

test('takes a topic of another app', () => {
  const stack = shop();
  const alarmTopic = Topic.fromTopicArn(stack, 'Alarms', 'arn:aws:sns:eu-west-1:111111111111:alarms');
  bookings(stack, { alarmTopic });
  expect(templateAlarms(stack)[0]?.AlarmActions).toEqual(['arn:aws:sns:eu-west-1:111111111111:alarms']);
});
