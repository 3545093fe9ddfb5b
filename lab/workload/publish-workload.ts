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
  /** The lines of the events that are sent late. */
  readonly late: ReadonlySet<number>;
  /** Called for each event and each extra that the topic accepted. */
  readonly onSent: () => void;
}

/**
 * Publishes the events with the publisher, and the planned extras beside it. Each extra is sent after its event was
 * accepted, in the event's message group, without the publisher's checks. Extras with `afterCommit` are not sent here.
 * Late events follow after all others were accepted, like a redrive or a second producer.
 */
export async function publishEvents(events: Events, options: WorkloadOptions): Promise<void> {
  const { client, topicArn, plan, late, onSent } = options;
  // An object stream, because its buffer is bounded: events wait if their extras are slower.
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

/** A line that is left out becomes an empty line, so that the others keep their numbers. */
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

/** Sends the extras whose original must be applied first. */
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
