import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce, raw } from '../../../../runtime/index.ts';
import { anOrder } from '../../../support/orders.ts';
import { reasonsOf } from '../../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { settled, Timeline } from '../../../support/timeline.ts';

let t: Timeline;
beforeEach(() => {
  t = new Timeline();
});

const day = 86_400_000;

describe('exactly-once', () => {
  it('applies a new event in one round trip and finds a duplicate in one', async () => {
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'applied', acknowledged: true });
    await expect(t.effects(exactlyOnce(), { messageId: 'm2' })).resolves.toMatchObject({
      outcome: 'duplicate',
      appliedWith: 'm1',
      acknowledged: true,
    });
    expect(t.store.calls).toEqual(['commit', 'commit']);
    expect(t.committed).toBe(1);
  });

  it.each([
    'dies before',
    'dies after',
  ] as const)('applies once if its process %s the commit', async (fault) => {
    // GIVEN a first delivery that never answers
    t.store.befall('commit', fault);
    void t.effects(exactlyOnce());
    await settled();
    // WHEN the message comes again, THEN the effect has happened once
    const again = await t.effects(exactlyOnce());
    expect(again.outcome).toBe(fault === 'dies before' ? 'applied' : 'duplicate');
    expect(t.committed).toBe(1);
  });

  it('recognises its own commit if the answer was lost', async () => {
    t.store.befall('commit', 'undecided');
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'applied', acknowledged: true });
    expect(t.store.calls).toEqual(['commit', 'commit']);
    expect(t.committed).toBe(1);
  });

  it('keeps the message if the commit was rejected, and finds its effect later', async () => {
    t.store.befall('commit', 'lost');
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'failed', acknowledged: false });
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'duplicate' });
    expect(t.committed).toBe(1);
  });

  it('recognises its own commit inside one delivery as applied, not as a duplicate', async () => {
    // GIVEN a commit that happened, answered as contended between two tries
    const { commit } = t.store;
    let tries = 0;
    t.store.commit = async (...args) => {
      const answer = await commit(...args);
      tries += 1;
      return tries === 1 ? { kind: 'contended', cause: 'TransactionConflict' } : answer;
    };
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'applied' });
    expect(t.committed).toBe(1);
  });

  it('records an unknown outcome over a record of another program without an expiration, and does not commit', async () => {
    await t.effects(exactlyOnce());
    const left = { ...t.record, status: 'RETRYING', expiration: undefined };
    t.wiring.memory.records.set(t.key, left as never);
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'unknown', acknowledged: true });
    expect(t.committed).toBe(1);
  });

  it('distinguishes a conflict from a duplicate by the fingerprint', async () => {
    await t.effects(exactlyOnce());
    const conflict = await t.effects(exactlyOnce(), { event: anOrder({}, { total: 99 }), messageId: 'm2' });
    expect(conflict).toMatchObject({ outcome: 'conflict', acknowledged: true });
    expect(t.committed).toBe(1);
  });

  it('replaces a record that has expired but is not deleted yet', async () => {
    await t.effects(exactlyOnce());
    t.clock.time += 46 * day;
    // WHEN the event is published again today
    const today = await t.effects(exactlyOnce(), { messageId: 'm2', sentAt: t.clock.now() });
    expect(today.outcome).toBe('applied');
    expect(t.committed).toBe(2);
  });

  it('retries a contended commit with growing delays until its deadline, then makes the message wait', async () => {
    t.store.befall('commit', ...Array<'contended'>(20).fill('contended'));
    const busy = await t.effects(exactlyOnce(), { time: 1500 });
    expect(busy).toMatchObject({ outcome: 'failed', code: 'STORE_BUSY', acknowledged: false });
    expect(t.clock.slept).toEqual([12.5, 25, 50, 100, 200, 400]);
  });

  it('does not loop on a record that neither accepts nor explains a refusal', async () => {
    t.store.commit = async () => {
      t.store.calls.push('commit');
      return { kind: 'exists', found: [{ record: undefined }] };
    };
    await expect(t.effects(exactlyOnce(), { time: 1500 })).resolves.toMatchObject({ code: 'STORE_BUSY' });
    expect(t.store.calls.length).toBeLessThan(10);
  });

  it('gives up an event at once if a condition of its raw effect fails', async () => {
    const ConditionExpression = 'attribute_exists(orderId)';
    const write = {
      ConditionCheck: { TableName: 'orders', Key: { orderId: { S: '1' } }, ConditionExpression },
    };
    t.store.commit = async () => ({ kind: 'refused', by: 'condition', effects: [0], reason: 'it failed' });
    const refused = createConsumer(
      { name: 'billing', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [raw(write)] },
      t.wiring,
    );
    await expect(refused(sqsEvent(sqsRecord(anOrder())), remaining())).resolves.toEqual({
      batchItemFailures: [],
    });
    expect(reasonsOf(t.wiring.letters)).toMatchObject([
      { code: 'PERMANENT', message: 'The store refuses effect 1 (raw on table "orders"): it failed' },
    ]);
    expect(t.record).toMatchObject({ status: 'QUARANTINED', messageId: 'message-1', attempts: 0 });
  });

  it('commits to the store that it names', async () => {
    const { store } = new Timeline();
    await t.effects(exactlyOnce({ store }));
    expect(store.calls).toEqual(['commit']);
    expect(t.store.calls).toEqual([]);
  });
});
