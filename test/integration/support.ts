import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { readMailsOf } from '../../lab/faults/mail-system.ts';
import { type LoggedDelivery, readDeliveries } from '../../lab/observe/deliveries.ts';
import { flushLog } from '../../lab/observe/flush-log.ts';
import { type Ability, abilities } from '../../local/endpoint/abilities.ts';
import type { Mail } from '../../local/endpoint/emulator-pages.ts';
import { pages } from '../../local/ministack/pages.ts';
import { type Connection, connectionVariable, type Deployed } from './deployment/connection.ts';

// biome-ignore lint/style/noProcessEnv: jest's way from a global setup to the tests.
export const connection = JSON.parse(process.env[connectionVariable] ?? '{}') as Connection;

const { clientConfig } = connection;
export const dynamoDb = new DynamoDBClient(clientConfig);
export const lambda = new LambdaClient(clientConfig);
export const logs = new CloudWatchLogsClient(clientConfig);
export const sns = new SNSClient(clientConfig);
export const sqs = new SQSClient(clientConfig);

/** Whether the endpoint can do what AWS can. */
export function can(ability: Ability): boolean {
  return !connection.lacks.includes(ability);
}

function skippedName(ability: Ability, name: string): string {
  return `${name} (the endpoint ${abilities[ability].without})`;
}

/** A test that needs an ability. Where the endpoint lacks it, the test is skipped with the reason in its name. */
export function itIf(ability: Ability, name: string, test: () => Promise<void>): void {
  if (can(ability)) it(name, test);
  else it.skip(skippedName(ability, name), test);
}

/** Describes tests that need an ability. Where the endpoint lacks it, each of them is skipped with the reason in its name. */
export function describeIf(ability: Ability, name: string, tests: () => void): void {
  if (can(ability)) describe(name, tests);
  else describe.skip(skippedName(ability, name), tests);
}

/** The body of a message as it arrives: an endpoint that rewrites JSON keeps its content, not its text. */
export function arriving(body: string) {
  return can('exactBodies') ? body : { asymmetricMatch: (other: string) => sameContent(body, other) };
}

function sameContent(body: string, other: string): boolean {
  return canonicalJson(JSON.parse(other)) === canonicalJson(JSON.parse(body));
}

/** A name that no other test uses: tests share topics and tables, not groups and orders. */
export function unique(prefix: string): string {
  made += 1;
  return `${prefix}-${process.pid.toString(36)}-${Date.now().toString(36)}-${made}`;
}
let made = 0;

/** The mails that were accepted by the emulator's SES, or by the stand-in for it. */
export async function readMails(mailUrl: string): Promise<readonly Mail[]> {
  return mailUrl === clientConfig.endpoint ? await pages.readMails(clientConfig) : await readMailsOf(mailUrl);
}

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

/** How long a test waits for an event, in ms: half of what jest gives it, so that it can still say what it found. */
const patience = 600_000;

/** Asks until the answer is good. A test whose patience is over gets the last answer, to fail on. */
export async function eventually<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (good(answer) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
