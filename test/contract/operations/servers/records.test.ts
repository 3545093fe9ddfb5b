import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AttentionState } from '../../../../contract/record/attention.ts';
import { getRecords, keysOfSubject } from '../../../../operations/records/find-records.ts';
import { countAttention, listAttention } from '../../../../operations/records/list-attention.ts';
import type { Delivery } from '../../../../runtime/ports/record-store.ts';
import { dynamoDbEffectStore } from '../../../../runtime/stores/dynamodb/effect-store.ts';
import {
  canRunDynamoDbLocal,
  createTables,
  startDynamoDbLocal,
  tables,
} from '../../servers/dynamodb-local.ts';
import { aDelivery } from '../a-delivery.ts';
import { createRecordTable } from '../record-table.ts';

(canRunDynamoDbLocal ? describe : describe.skip)("what tools read, on Amazon's DynamoDB Local", () => {
  const table = 'listed';
  let server: Awaited<ReturnType<typeof startDynamoDbLocal>>;
  let client: DynamoDBClient;
  beforeAll(async () => {
    server = await startDynamoDbLocal();
    client = server.connect();
    await createTables(client);
    await createRecordTable(client, table);
  });
  afterAll(() => server?.stop());

  const store = () => dynamoDbEffectStore({ table, client });

  async function retrying(given: Partial<Delivery>): Promise<Delivery> {
    const delivery = aDelivery(given);
    await store().countAttempt(delivery, { state: 'FAILED', lastError: 'why' });
    return delivery;
  }

  async function listed(consumer: string, states: readonly AttentionState[], messageGroup?: string) {
    const ids: string[] = [];
    for await (const { id } of listAttention(client, { table, consumer, states, messageGroup })) ids.push(id);
    return ids;
  }

  it('lists the records of a state from all partitions of the index, the oldest first', async () => {
    const consumer = `c${randomUUID()}`;
    const times = Array.from({ length: 60 }, (_, index) => 1_800_000_000_000 + ((index * 37) % 60) * 1000);
    const written = await Promise.all(
      times.map((now) => retrying({ consumer, now, expiration: 2_000_000_000 })),
    );
    const byTime = written.toSorted((one, other) => one.now - other.now).map(({ id }) => id);
    expect(await listed(consumer, ['RETRYING'])).toEqual(byTime);
    expect(await countAttention(client, { table, consumer, states: ['RETRYING', 'BLOCKED'] })).toBe(60);
    expect(await listed(consumer, ['QUARANTINED'])).toEqual([]);
  });

  it('lists several states in one order of time, and only those of a message group if one is named', async () => {
    const consumer = `c${randomUUID()}`;
    const now = Date.now();
    const first = await retrying({ consumer, messageGroup: 'one', now });
    const second = aDelivery({ consumer, messageGroup: 'two', now: now + 1000 });
    await store().quarantine(second, { code: 'PERMANENT', message: 'no such seat' });
    const third = await retrying({ consumer, messageGroup: 'one', now: now + 2000 });
    expect(await listed(consumer, ['QUARANTINED', 'RETRYING'])).toEqual([first.id, second.id, third.id]);
    expect(await listed(consumer, ['QUARANTINED', 'RETRYING'], 'one')).toEqual([first.id, third.id]);
  });

  it('says what a listed record is, in its own words', async () => {
    const consumer = `c${randomUUID()}`;
    const delivery = aDelivery({ consumer, subject: 'seat-7', sequence: '12' });
    await store().quarantine(delivery, { code: 'PERMANENT', message: 'no such seat' });
    const entries = [];
    for await (const entry of listAttention(client, { table, consumer, states: ['QUARANTINED'] }))
      entries.push(entry);
    expect(entries).toEqual([
      expect.objectContaining({
        id: delivery.id,
        consumer,
        state: 'QUARANTINED',
        since: delivery.now,
        attentionCode: 'PERMANENT',
        lastError: 'no such seat',
        source: '/seats',
        eventId: delivery.eventId,
        subject: 'seat-7',
        sequence: '12',
        messageGroup: 'hall-1',
        messageId: delivery.messageId,
      }),
    ]);
  });

  it('lists a message without a record of its own until its entry is removed, which creates none', async () => {
    const consumer = `c${randomUUID()}`;
    const now = Date.now();
    const message = {
      consumer,
      messageId: 'm-1',
      messageGroup: 'hall-1',
      now,
      expiration: 2_000_000_000,
    } as const;
    const reason = { code: 'CONFLICT', message: 'came before with other content' };
    await store().list?.({ ...message, state: 'BLOCKED', reason, nextTryAt: now + 1000 });
    expect(await listed(consumer, ['BLOCKED'])).toEqual([`${consumer}#%letter#m-1`]);
    await store().list?.({ ...message, state: 'DEAD_LETTER', reason });
    expect(await listed(consumer, ['BLOCKED'])).toEqual([]);
    expect(await listed(consumer, ['DEAD_LETTER'])).toEqual([`${consumer}#%letter#m-1`]);
    await store().unlist?.(consumer, 'm-1', now);
    await store().unlist?.(consumer, 'm-2', now);
    expect(await listed(consumer, ['BLOCKED', 'DEAD_LETTER'])).toEqual([]);
    const [entry, ...none] = await getRecords(client, table, [
      `${consumer}#%letter#m-1`,
      `${consumer}#%letter#m-2`,
    ]);
    expect(none).toEqual([]);
    expect(entry?.expiration).toBe(Math.floor(now / 1000));
  });

  it('lists thousands of records page by page, the oldest first', async () => {
    const consumer = `c${randomUUID()}`;
    const start = 1_800_000_000_000;
    // More than a page in each of the sixteen partitions.
    for (let batch = 0; batch < 20; batch += 1) {
      const deliveries = Array.from({ length: 100 }, (_, n) => {
        const now = start + ((n * 20 + batch) % 2000) * 1000;
        return retrying({ consumer, now, expiration: 2_000_000_000 });
      });
      await Promise.all(deliveries);
    }
    let count = 0;
    let last = 0;
    for await (const { since } of listAttention(client, { table, consumer, states: ['RETRYING'] })) {
      expect(since).toBeGreaterThanOrEqual(last);
      last = since;
      count += 1;
    }
    expect(count).toBe(2000);
  });

  it('finds the records of a subject at every consumer of the table', async () => {
    const subject = randomUUID();
    const mine = await retrying({ consumer: 'bookings', subject });
    const other = await retrying({ consumer: 'mails', subject });
    await retrying({ consumer: 'mails', subject: 'another' });
    const keys = await keysOfSubject(client, table, subject);
    expect(keys?.toSorted()).toEqual([mine.id, other.id].toSorted());
  });

  it('knows a table without the index of subjects from a subject without records', async () => {
    expect(await keysOfSubject(client, tables.records, 'seat-7')).toBeUndefined();
    expect(await keysOfSubject(client, table, 'nobody')).toEqual([]);
  });

  it('reads more records than one request holds, each once, and no body', async () => {
    const deliveries = await Promise.all(Array.from({ length: 120 }, () => retrying({})));
    const held = aDelivery();
    await store().claim(held, { leaseUntil: held.now + 1000, takeOver: false });
    await store().holdUnknown(
      held,
      { ownerToken: held.ownerToken, status: 'INPROGRESS' },
      { body: 'the body' },
      'no answer',
    );
    const keys = [...deliveries.map(({ id }) => id), held.id, held.id, 'nobody'];
    const records = await getRecords(client, table, keys);
    expect(records.map(({ id }) => id).toSorted()).toEqual([...new Set(keys.slice(0, -1))].toSorted());
    expect(records.find(({ id }) => id === held.id)).toMatchObject({
      status: 'OUTCOME_UNKNOWN',
      body: undefined,
      lastError: 'no answer',
    });
  });
});
