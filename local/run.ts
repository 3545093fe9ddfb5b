import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { outputs } from '../contract/outputs.ts';
import type { ClientConfig } from './endpoint/client-config.ts';
import { count, readDeliveries } from './observe/deliveries.ts';
import { drain } from './observe/drain.ts';
import { flushLog } from './observe/flush.ts';
import { depth, peek } from './observe/queue.ts';
import { startBar } from './progress.ts';
import type { Result } from './summary.ts';
import { compare } from './verify/compare.ts';
import { expectationOf } from './verify/expectation.ts';
import { judge } from './verify/judge.ts';
import { readHoldings } from './verify/tables.ts';
import type { Events } from './workload/events.ts';
import { type PlanOptions, planExtras } from './workload/plan.ts';
import { publishAfterCommit, publishEvents } from './workload/publish-workload.ts';

/** The broker's deduplication window (SNS Developer Guide, "Message deduplication for FIFO topics"). */
const windowSeconds = 300;

export type StackOutputs = Readonly<Record<(typeof outputs)[keyof typeof outputs], string>>;

export type Step = keyof Result['seconds'];

export interface RunOptions {
  readonly clientConfig: ClientConfig;
  readonly stack: StackOutputs;
  readonly events: Events;
  readonly plan: PlanOptions;
  /** Does the work of a step and takes its time. */
  readonly timed: <T>(step: Step, work: () => Promise<T>) => Promise<T>;
}

/** Publishes, waits until everything was consumed, and verifies. */
export async function run({
  clientConfig,
  stack,
  events,
  plan,
  timed,
}: RunOptions): Promise<Omit<Result, 'seconds'>> {
  const sns = new SNSClient(clientConfig);
  const sqs = new SQSClient(clientConfig);
  const extras = planExtras(events.firsts, plan);
  let sent = 0;
  const publishing = (label: string, total: number, send: (onSent: () => void) => Promise<void>) =>
    timed('publish', async () => {
      const bar = startBar(label, total);
      const before = sent;
      await send(() => bar.update(++sent - before)).finally(bar.stop);
    });
  const draining = () =>
    timed('drain', async () => {
      const total = await depth(sqs, stack.FulfilmentQueueUrl);
      const bar = startBar('Draining', total);
      await drain(sqs, stack.FulfilmentQueueUrl, (left) => bar.update(total - left)).finally(bar.stop);
    });

  const workload = { client: sns, topicArn: stack.TopicArn, plan: extras };
  const late = [...extras.extras.values()].flat().filter(({ afterCommit }) => afterCommit).length;
  const planned = Object.values(extras.counts).reduce((sum, n) => sum + n, 0);
  const begun = performance.now();
  await publishing('Publishing', events.lines.length + planned - late, (onSent) =>
    publishEvents(events, { ...workload, onSent }),
  );
  const insideWindow = performance.now() - begun < windowSeconds * 1000;
  await draining();
  await publishing('Publishing again', late, (onSent) => publishAfterCommit(events, { ...workload, onSent }));
  await draining();

  return await timed('verify', async () => {
    const tables = {
      records: stack.RecordsTableName,
      orders: stack.OrdersTableName,
      ledger: stack.LedgerTableName,
    };
    await flushLog(new LambdaClient(clientConfig), stack.FulfilmentFunctionName);
    const counts = count(
      await readDeliveries(new CloudWatchLogsClient(clientConfig), stack.FulfilmentFunctionName),
    );
    const expected = await expectationOf(onlyEvents(events));
    const found = await readHoldings(new DynamoDBClient(clientConfig), tables, 'fulfilment');
    const { problems, ...comparison } = compare(expected, found);
    const letters = await peek(sqs, stack.FulfilmentDlqUrl);
    const deadLetters = await depth(sqs, stack.FulfilmentDlqUrl);
    const evidence = { sent, counts, deadLetters, letters, insideWindow };
    return {
      seed: plan.seed,
      published: { events: events.lines.length, sent, removedByBroker: sent - counts.delivered },
      consumers: { fulfilment: counts },
      verified: {
        expected: expected.events.size,
        ...comparison,
        dlq: deadLetters,
        problems: [...problems, ...judge(expected, extras, evidence)],
      },
    };
  });
}

async function* onlyEvents(events: Events) {
  for await (const { event } of events.parsed()) yield event;
}
