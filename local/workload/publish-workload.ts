import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { OrderEvent } from '../../contract/order-event.ts';
import { type Entry, publish, sendInOrder, snsTopic } from '../../publisher/index.ts';
import type { Events } from './events.ts';
import { extraEntry } from './extra-entry.ts';
import type { Plan } from './plan.ts';

export interface WorkloadOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
  readonly plan: Plan;
  /** Called for each event and each extra that the topic accepted. */
  readonly onSent: () => void;
}

/**
 * Publishes the events as any user would, and beside them what is planned to go wrong: each extra goes out after its
 * event was accepted, in its message group, around the publisher's checks. Those for after the commit stay behind.
 */
export async function publishEvents(events: Events, options: WorkloadOptions): Promise<void> {
  const { client, topicArn, plan, onSent } = options;
  // An object stream, for its bound: events wait where their extras don't keep up.
  const extras = new PassThrough({ objectMode: true });
  const queue = (event: OrderEvent, line: number) => {
    onSent();
    for (const extra of plan.extras.get(line) ?? []) {
      if (!extra.afterCommit) extras.write(extraEntry(extra, event, line));
    }
  };
  const sending = sendInOrder<Entry>(extras, snsTopic(topicArn, client), { onAccepted: onSent });
  const publishing = publish(paced(events.text(), extras), { topicArn, client, onPublished: queue });
  await Promise.all([publishing.finally(() => extras.end()), sending]);
}

/** Sends the extras that wait until their original was applied. */
export async function publishAfterCommit(events: Events, options: WorkloadOptions): Promise<void> {
  const { client, topicArn, plan, onSent } = options;
  await sendInOrder<Entry>(lateEntries(events, plan), snsTopic(topicArn, client), { onAccepted: onSent });
}

async function* lateEntries(events: Events, plan: Plan): AsyncGenerator<Entry> {
  for await (const { event, line } of events.parsed()) {
    for (const extra of plan.extras.get(line) ?? []) {
      if (extra.afterCommit) yield extraEntry(extra, event, line);
    }
  }
}

async function* paced(lines: AsyncIterable<string>, extras: PassThrough): AsyncGenerator<string> {
  for await (const line of lines) {
    if (extras.writableNeedDrain) await once(extras, 'drain');
    yield line;
  }
}
