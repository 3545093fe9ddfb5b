import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../../local/endpoint/client-config.ts';
import { drain, drainTimeoutSeconds, totalDepth } from '../../local/queues/drain.ts';
import type { Sandbox } from '../faults/sandbox.ts';
import { consumersOf, type StackOutputs } from '../target/consumers.ts';
import type { RunResult } from '../verify/run-result.ts';
import { verify } from '../verify/verify.ts';
import type { Events } from '../workload/events.ts';
import { type PlanOptions, planExtras, planLate } from '../workload/plan.ts';
import { publishAfterCommit, publishEvents } from '../workload/publish-workload.ts';
import { TopicOrder } from '../workload/topic-order.ts';
import { startBar } from './progress.ts';
import type { RunReport } from './run-report.ts';

/** The broker's deduplication window (SNS Developer Guide, "Message deduplication for FIFO topics"). */
const windowSeconds = 300;

export type Step = keyof RunReport['seconds'];

export interface RunOptions {
  readonly clientConfig: ClientConfig;
  readonly stack: StackOutputs;
  readonly events: Events;
  readonly plan: PlanOptions & { readonly shuffle: number };
  /** How long the store refuses, in seconds. */
  readonly outageSeconds: number;
  readonly sandbox: Sandbox;
  /** Runs a step and measures its time. */
  readonly timed: <T>(step: Step, work: () => Promise<T>) => Promise<T>;
}

/** Publishes, waits until the queues are empty, and verifies. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { clientConfig, stack, events, plan, outageSeconds, sandbox, timed } = options;
  const sns = new SNSClient(clientConfig);
  const order = new TopicOrder();
  order.follow(sns);
  const sqs = new SQSClient(clientConfig);
  const extras = planExtras(events.firsts, plan);
  const late = planLate(events.followed, plan);
  const queueUrls = Object.values(consumersOf(stack)).map(({ queueUrl }) => queueUrl);
  let sent = 0;
  const publishing = (label: string, total: number, send: (onSent: () => void) => Promise<void>) =>
    timed('publish', async () => {
      const bar = startBar(label, total);
      const before = sent;
      await send(() => bar.update(++sent - before)).finally(bar.stop);
    });
  const draining = () =>
    timed('drain', async () => {
      const total = await totalDepth(sqs, queueUrls);
      const bar = startBar('Draining', total);
      await drain(sqs, queueUrls, drainTimeoutSeconds(outageSeconds), (left) =>
        bar.update(total - left),
      ).finally(bar.stop);
    });

  const workload = { client: sns, topicArn: stack.TopicArn, plan: extras, late };
  const again = [...extras.extras.values()].flat().filter(({ afterCommit }) => afterCommit).length;
  const planned = Object.values(extras.counts).reduce((sum, n) => sum + n, 0);
  const ending = sandbox.killFunctions(stack);
  const begun = performance.now();
  await publishing('Publishing', events.lines.length + planned - again, (onSent) =>
    publishEvents(events, { ...workload, onSent }),
  );
  const insideWindow = performance.now() - begun < windowSeconds * 1000;
  await draining();
  await publishing('Publishing again', again, (onSent) =>
    publishAfterCommit(events, { ...workload, onSent }),
  );
  await draining();
  const ended = await ending.stop();

  return await timed('verify', () =>
    verify({ clientConfig, stack, events, plan: extras, late, order, sandbox, ended, sent, insideWindow }),
  );
}
