import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { SNSClient } from '@aws-sdk/client-sns';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import { type Entry, messageGroup, publish, sendInOrder, snsTopic } from '../../publisher/index.ts';
import type { Events } from './events.ts';
import { extraEntry } from './extra-entry.ts';
import type { Plan } from './plan.ts';

export interface WorkloadOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
  readonly plan: Plan;
  /** The lines of the events that are held back. */
  readonly late: ReadonlySet<number>;
  /** Called for each event and each extra that the topic accepted. */
  readonly onSent: () => void;
}

/**
 * Publishes the events as any user would, and beside them what is planned to go wrong: each extra goes out after its
 * event was accepted, in its message group, around the publisher's checks. Those for after the commit stay behind.
 * What is late follows when everything else was accepted, as a redrive or another producer would send it.
 */
export async function publishEvents(events: Events, options: WorkloadOptions): Promise<void> {
  const { client, topicArn, plan, late, onSent } = options;
  // An object stream, for its bound: events wait where their extras don't keep up.
  const extras = new PassThrough({ objectMode: true });
  const queue = (event: OrderEvent, line: number) => {
    onSent();
    for (const extra of plan.extras.get(line) ?? []) {
      if (!extra.afterCommit) extras.write(extraEntry(extra, event, line));
    }
  };
  const topic = snsTopic(topicArn, client);
  const sending = sendInOrder<Entry>(extras, topic, { onAccepted: onSent });
  const publishing = publish(paced(without(late, events.text()), extras), {
    topicArn,
    client,
    parse: (line) => parseOrderEvent({ body: line }),
    onPublished: queue,
  });
  await Promise.all([publishing.finally(() => extras.end()), sending]);
  await sendInOrder<Entry>(lateEntries(events, late, plan), topic, { onAccepted: onSent });
}

/** What is left out leaves an empty line, so that the others keep their numbers. */
async function* without(late: ReadonlySet<number>, lines: AsyncIterable<string>): AsyncGenerator<string> {
  let line = 0;
  for await (const text of lines) {
    line += 1;
    yield late.has(line) ? '' : text;
  }
}

async function* lateEntries(events: Events, late: ReadonlySet<number>, plan: Plan): AsyncGenerator<Entry> {
  if (late.size === 0) return;
  for await (const { event, line } of events.parsed()) {
    if (!late.has(line)) continue;
    yield { line, body: canonicalJson(event), messageGroup: messageGroup(event.partitionkey) };
    for (const extra of plan.extras.get(line) ?? []) {
      if (!extra.afterCommit) yield extraEntry(extra, event, line);
    }
  }
}

/** Sends the extras that wait until their original was applied. */
export async function publishAfterCommit(events: Events, options: WorkloadOptions): Promise<void> {
  const { client, topicArn, plan, onSent } = options;
  await sendInOrder<Entry>(entriesAfterCommit(events, plan), snsTopic(topicArn, client), {
    onAccepted: onSent,
  });
}

async function* entriesAfterCommit(events: Events, plan: Plan): AsyncGenerator<Entry> {
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
