import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type LoggedDelivery, readDeliveries } from '../../local/observe/deliveries.ts';
import { flushLog } from '../../local/observe/flush.ts';
import { type Connection, connectionVariable, type Deployed } from './connection.ts';

/** What a process died over comes again after its visibility timeout of 18 s, perhaps on a busy machine. */
jest.setTimeout(120_000);

// biome-ignore lint/style/noProcessEnv: jest's way from a global setup to the tests.
export const connection = JSON.parse(process.env[connectionVariable] ?? '{}') as Connection;

const { clientConfig } = connection;
export const dynamoDb = new DynamoDBClient(clientConfig);
export const lambda = new LambdaClient(clientConfig);
export const logs = new CloudWatchLogsClient(clientConfig);
export const sns = new SNSClient(clientConfig);
export const sqs = new SQSClient(clientConfig);

/** A name that no other test uses: tests share topics and tables, not groups and orders. */
export function unique(prefix: string): string {
  made += 1;
  return `${prefix}-${process.pid.toString(36)}-${Date.now().toString(36)}-${made}`;
}
let made = 0;

export interface Sending {
  readonly body: unknown;
  readonly group: string;
  /** Absent: the topic makes it from the body. */
  readonly deduplicationId?: string;
}

export async function send({ topicArn }: Deployed, ...messages: Sending[]): Promise<void> {
  for (const { body, group, deduplicationId } of messages) {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: typeof body === 'string' ? body : JSON.stringify(body),
        MessageGroupId: group,
        MessageDeduplicationId: deduplicationId,
      }),
    );
  }
}

/** What a function logged of a message group, once it is at least `enough` lines. */
export async function deliveries(
  { functionName }: Deployed,
  group: string,
  enough: number,
): Promise<LoggedDelivery[]> {
  return await eventually(
    async () => {
      const all = await readDeliveries(logs, functionName);
      const found = all.filter(({ messageGroup }) => messageGroup === group);
      if (found.length < enough) await flushLog(lambda, functionName);
      return found;
    },
    (found) => found.length >= enough,
  );
}

/** Asks until the answer is good; after the timeout the last answer is returned, for the test to fail on. */
export async function eventually<T>(
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (good(answer) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
