import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PublishBatchCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { OrderEvent } from '../../../../contract/orders/order-event.ts';
import { openEvents } from '../../../../lab/workload/events.ts';
import { planExtras } from '../../../../lab/workload/plan.ts';
import { publishEvents } from '../../../../lab/workload/publish-workload.ts';
import { anOrder } from '../../../support/orders.ts';

const folder = mkdtempSync(join(tmpdir(), 'order-once-workload-'));
afterAll(() => rmSync(folder, { recursive: true }));

const order = (partitionkey: string, sequence: string, over: Partial<OrderEvent> = {}) =>
  anOrder({
    id: `${partitionkey}${sequence}`,
    subject: `${partitionkey}${sequence}`,
    partitionkey,
    sequence,
    ...over,
  });

async function open(...events: (OrderEvent | '')[]) {
  const file = join(folder, 'events.ndjson');
  writeFileSync(file, events.map((event) => (event === '' ? '' : JSON.stringify(event))).join('\n'));
  return await openEvents(file, 1000);
}

/** A topic that accepts everything, and what it was given, in order. */
function topic() {
  const accepted: { id: string; group: string | undefined; deduplicationId: string | undefined }[] = [];
  const client = new SNSClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () => async (args) => {
      const { PublishBatchRequestEntries: entries = [] } = args.input as PublishBatchCommandInput;
      for (const {
        Message = '{}',
        MessageGroupId: group,
        MessageDeduplicationId: deduplicationId,
      } of entries) {
        accepted.push({ id: JSON.parse(Message).id, group, deduplicationId });
      }
      const Successful = entries.map(({ Id }) => ({ Id, MessageId: 'm' }));
      return { output: { Successful, Failed: [], $metadata: {} }, response: {} };
    },
    { step: 'initialize' },
  );
  return { client, accepted };
}

describe('events that can be late', () => {
  it('are those that are followed by a higher sequence of their group', async () => {
    const events = await open(
      order('a', '9'),
      order('b', '1'),
      '',
      order('a', '10'),
      order('a', '9'), // again
      order('c', '5'),
      order('c', '4'),
    );
    expect(events.firsts).toEqual([1, 2, 4, 6, 7]);
    expect(events.followed).toEqual([1]);
  });

  it('do not include events that share their number with another one', async () => {
    const events = await open(order('a', '1'), order('a', '1', { id: 'other' }), order('a', '2'));
    expect(events.followed).toEqual([]);
  });
});

describe('publishing late', () => {
  it('sends late events and their extras after all others of their group', async () => {
    const events = await open(order('a', '1'), '', order('a', '2'), order('b', '1'), order('a', '3'));
    const plan = planExtras(events.firsts, {
      seed: 1,
      duplicates: 1,
      lateDuplicates: 0,
      poison: 0,
      conflicts: 0,
    });
    const { client, accepted } = topic();
    let sent = 0;
    const options = {
      client,
      topicArn: 'arn:aws:sns:us-east-1:000000000000:t.fifo',
      plan,
      late: new Set([1, 3]),
    };
    await publishEvents(events, {
      ...options,
      onSent: () => {
        sent += 1;
      },
    });
    const ofGroup = (group: string) => accepted.filter((one) => one.group === group).map(({ id }) => id);
    expect(ofGroup('a')).toEqual(['a3', 'a3', 'a1', 'a1', 'a2', 'a2']);
    expect(ofGroup('b')).toEqual(['b1', 'b1']);
    expect(sent).toBe(8);
    // The broker knows a late event by nothing but its body.
    expect(new Set(accepted.map(({ deduplicationId }) => deduplicationId))).toEqual(new Set([undefined]));
  });
});
