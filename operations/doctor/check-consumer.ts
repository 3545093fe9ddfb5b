import { DescribeAlarmsForMetricCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { leastRecordTtlSeconds } from '../../contract/policies/record-ttl.ts';
import { attentionIndex } from '../../contract/record/attention.ts';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import { readFunctionSettings } from '../installation/function-settings.ts';
import { readQueue, subscriptionAttributes, sumOf } from '../installation/read-path.ts';
import type { Complaint } from './examination.ts';

/** AWS: "Configuring a queue to use with Lambda": the visibility timeout is at least six times the function's. */
const visibilityByTimeout = 6;

/** Whether everything that a consumer rests on is there, and is set as its promise needs it. */
export async function checkConsumer(aws: Aws, consumer: ConsumerDescription): Promise<Complaint[]> {
  const found = await Promise.all([
    checkSubscription(aws, consumer),
    checkMapping(aws, consumer),
    checkQueues(aws, consumer),
    checkRecords(aws, consumer),
    checkAlarms(aws, consumer),
  ]);
  return found.flat().map((one) => ({ consumer: consumer.consumer, ...one }));
}

async function checkSubscription(aws: Aws, consumer: ConsumerDescription): Promise<Complaint[]> {
  const part = 'subscription';
  const attributes = await subscriptionAttributes(aws, consumer);
  if (attributes === undefined) {
    return [
      {
        part,
        problem: 'it is gone, so the consumer misses every event',
        fix: 'deploy the stack again, then publish what was missed under the same ids',
      },
    ];
  }
  const { RawMessageDelivery, RedrivePolicy, FilterPolicy = '' } = attributes;
  return [
    ...(RawMessageDelivery === 'true'
      ? []
      : [{ part, problem: 'raw message delivery is off: every event is poison', fix: 'turn it on' }]),
    ...(RedrivePolicy
      ? []
      : [
          {
            part,
            problem: 'it has no dead-letter queue: what SNS cannot deliver is lost',
            fix: 'deploy the stack again',
          },
        ]),
    ...(['', '{}'].includes(FilterPolicy)
      ? []
      : [
          {
            part,
            problem: `a filter policy drops events: ${FilterPolicy}`,
            fix: 'remove it, and use "ignore" of the consumer',
          },
        ]),
  ];
}

async function checkMapping(
  { lambda }: Aws,
  { eventSource, consumer }: ConsumerDescription,
): Promise<Complaint[]> {
  const part = 'event source mapping';
  try {
    const mapping = await lambda.send(new GetEventSourceMappingCommand({ UUID: eventSource }));
    const reports = mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true;
    return [
      ...(mapping.State === 'Enabled'
        ? []
        : [{ part, problem: `it is ${mapping.State}`, fix: `npx order-once resume ${consumer}` }]),
      ...(reports
        ? []
        : [
            {
              part,
              problem: 'it does not report failures of single messages: a failure repeats its whole batch',
              fix: 'deploy the stack again',
            },
          ]),
    ];
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    return [{ part, problem: 'it is gone, so the function gets no messages', fix: 'deploy the stack again' }];
  }
}

async function checkQueues(aws: Aws, consumer: ConsumerDescription): Promise<Complaint[]> {
  const part = 'queue';
  const [queue, deadLetters, undelivered, settings] = await Promise.all([
    readQueue(aws.sqs, consumer.queue),
    readQueue(aws.sqs, consumer.deadLetterQueue),
    readQueue(aws.sqs, consumer.subscriptionDeadLetterQueue),
    readFunctionSettings(aws.lambda, consumer),
  ]);
  const visibility = queue.visibilityTimeoutSeconds;
  const wantedVisibility = visibilityByTimeout * settings.timeoutSeconds;
  const wantedTtl = leastRecordTtlSeconds({
    queueRetentionSeconds: queue.retentionSeconds,
    deadLetterRetentionSeconds: deadLetters.retentionSeconds,
  });
  const lost = sumOf(undelivered);
  return [
    ...(queue.redrivePolicy.includes(consumer.deadLetterQueue)
      ? []
      : [{ part, problem: 'it has no dead-letter queue, or another one', fix: 'deploy the stack again' }]),
    ...(visibility >= wantedVisibility
      ? []
      : [
          {
            part,
            problem: `its visibility timeout is ${visibility} s, less than six times the function's (${wantedVisibility} s)`,
            fix: 'raise it, or lower the timeout of the function',
          },
        ]),
    ...(settings.recordTtlSeconds >= wantedTtl
      ? []
      : [
          {
            part: 'record table',
            problem: `records live ${settings.recordTtlSeconds} s, and messages up to ${wantedTtl} s: an event could be applied again`,
            fix: 'raise "ttl" of the record table, or lower the retention of the queues',
          },
        ]),
    ...(lost === 0
      ? []
      : [
          {
            part: 'subscription',
            problem: `SNS could not deliver ${lost === 1 ? '1 message' : `${lost} messages`}`,
            fix: 'correct the policy or key of the queue, then redrive the dead-letter queue of the subscription',
          },
        ]),
  ];
}

async function checkRecords({ dynamoDb }: Aws, { records }: ConsumerDescription): Promise<Complaint[]> {
  const part = 'record table';
  const TableName = partsOfArn(records).name;
  try {
    const [{ Table }, { TimeToLiveDescription: ttl }] = await Promise.all([
      dynamoDb.send(new DescribeTableCommand({ TableName })),
      dynamoDb.send(new DescribeTimeToLiveCommand({ TableName })),
    ]);
    const hasIndex =
      Table?.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === attentionIndex) === true;
    const isOn = /^ENABL/.test(ttl?.TimeToLiveStatus ?? '') && ttl?.AttributeName === attribute.expiration;
    return [
      ...(isOn
        ? []
        : [
            {
              part,
              problem: 'TTL is off: records stay for ever, and cost',
              fix: `turn TTL on for "${attribute.expiration}"`,
            },
          ]),
      ...(hasIndex
        ? []
        : [
            {
              part,
              problem: `it has no index "${attentionIndex}": nothing can be listed`,
              fix: 'deploy the stack again',
            },
          ]),
    ];
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    return [
      { part, problem: 'it is gone: messages wait', fix: 'restore it from a backup, or every event is new' },
    ];
  }
}

/** The alarm that every consumer needs most: something is in its dead-letter queue. */
async function checkAlarms(
  { cloudWatch }: Aws,
  { deadLetterQueue }: ConsumerDescription,
): Promise<Complaint[]> {
  const { MetricAlarms = [] } = await cloudWatch.send(
    new DescribeAlarmsForMetricCommand({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: partsOfArn(deadLetterQueue).name }],
    }),
  );
  if (MetricAlarms.length > 0) return [];
  return [
    {
      part: 'alarms',
      problem: 'none rings when a message is in the dead-letter queue',
      fix: 'leave "alarms" of the consumer on, and give "alarmTopic"',
    },
  ];
}
