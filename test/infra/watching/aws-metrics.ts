/** A metric that an AWS service writes. */
export interface AwsMetric {
  /** The dimensions with which alarms and dashboards read it. */
  readonly dimensions: readonly string[];
  /** The page of AWS that documents metric and dimensions. */
  readonly page: string;
}

const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html';
const sqs =
  'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html';
const sns = 'https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html';
const dynamodb = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html';
const httpApi = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html';

function inService(page: string, dimensions: readonly string[], names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { dimensions, page }]));
}

/** The metrics of AWS that alarms and dashboards may use, by namespace and name. */
export const awsMetrics: Readonly<Record<string, Readonly<Record<string, AwsMetric>>>> = {
  'AWS/SQS': inService(
    sqs,
    ['QueueName'],
    ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible', 'NumberOfMessagesSent'],
  ),
  'AWS/SNS': inService(
    sns,
    ['TopicName'],
    [
      'NumberOfMessagesPublished',
      'NumberOfNotificationsFailedToRedriveToDlq',
      'NumberOfNotificationsRedrivenToDlq',
    ],
  ),
  'AWS/Lambda': inService(lambda, ['FunctionName'], ['Duration', 'Errors', 'Invocations', 'Throttles']),
  'AWS/DynamoDB': inService(dynamodb, ['TableName'], ['ConsumedWriteCapacityUnits', 'WriteThrottleEvents']),
  'AWS/ApiGateway': inService(httpApi, ['ApiId'], ['5xx']),
};
