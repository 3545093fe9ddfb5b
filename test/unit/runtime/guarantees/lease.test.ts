import { atLeastOnce, atMostOnce, NotExecutedError, PermanentError } from '../../../../runtime/index.ts';
import { decodeResult } from '../../../../runtime/stores/result.ts';
import { anOrder } from '../../../support/orders.ts';
import { gate, settled, Timeline } from '../../../support/timeline.ts';

const guarantees = [
  { name: 'at-least-once', guarantee: atLeastOnce({ providerKeyRetention: 86_400_000 }) },
  { name: 'at-most-once', guarantee: atMostOnce() },
] as const;

describe.each(guarantees)('the lease of $name', ({ name, guarantee }) => {
  let t: Timeline;
  beforeEach(() => {
    t = new Timeline();
  });

  it.each(['undecided', 'contended'] as const)('is tried again if a claim was %s', async (fault) => {
    t.store.befall('claim', fault);
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'applied', acknowledged: true });
    expect(t.provider.charges).toHaveLength(1);
    expect(t.record).toMatchObject({ status: 'COMPLETED', ownerToken: 'attempt-1' });
  });

  it.each([
    'lost',
    'down',
  ] as const)('fails at once where a claim was %s: the store can not', async (fault) => {
    t.store.befall('claim', fault);
    const failed = await t.external(guarantee);
    expect(failed).toMatchObject({ outcome: 'failed', reason: 'socket hang up', acknowledged: false });
    expect(t.store.calls).toEqual(['claim']);
    expect(t.clock.slept).toEqual([]);
    expect(t.provider.charges).toEqual([]);
  });

  it('fails at once if a step throws synchronously', async () => {
    const down = new TypeError('no such function');
    t.store.claim = () => {
      throw down;
    };
    await expect(t.external(guarantee)).resolves.toMatchObject({ code: 'TypeError', acknowledged: false });
    expect(t.clock.slept).toEqual([]);
  });

  it('is completed even if the first try throws synchronously', async () => {
    const { complete } = t.store;
    t.store.complete = () => {
      t.store.complete = complete;
      throw new TypeError('not yet');
    };
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'applied', acknowledged: true });
    expect(t.record).toMatchObject({ status: 'COMPLETED' });
  });

  it('is released only once if the store rejects the release, and the error of the handler is reported', async () => {
    t.store.befall('release', 'down');
    const failed = await t.external(guarantee, () => Promise.reject(new NotExecutedError('429')));
    expect(failed).toMatchObject({ code: 'NOT_DONE', acknowledged: false });
    expect(t.store.calls).toEqual(['claim', 'release']);
  });

  it('keeps a refused event in its queue if its release could not be written', async () => {
    t.store.befall('release', 'down');
    const refused = await t.external(guarantee, () => Promise.reject(new PermanentError('card expired')));
    expect(refused).toMatchObject({ outcome: 'failed', reason: 'socket hang up', acknowledged: false });
    expect(t.wiring.letters).toEqual([]);
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
    // WHEN it is delivered again, after the lease
    t.passLeases();
    const again = await t.external(guarantee);
    expect(again.outcome).toBe(name === 'at-least-once' ? 'applied' : 'unknown');
  });

  it('ends as unknown, without a call, if another delivery recorded its claim as unknown meanwhile', async () => {
    // GIVEN a claim whose answer was lost, and whose lease another delivery found to be over
    t.store.befall('claim', 'undecided', () => {
      t.wiring.memory.records.set(t.key, {
        ...t.record,
        status: 'OUTCOME_UNKNOWN',
        leaseUntil: undefined,
        expiration: undefined,
        lastError: 'held by another delivery',
      } as never);
    });
    await expect(t.external(guarantee)).resolves.toMatchObject({
      outcome: 'unknown',
      reason: 'held by another delivery',
      acknowledged: true,
    });
    expect(t.provider.charges).toEqual([]);
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN', ownerToken: 'attempt-1' });
  });

  it.each([
    'lost',
    'down',
    'contended',
    'undecided',
  ] as const)('is done where a complete was %s', async (fault) => {
    t.store.befall('complete', fault);
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'applied', acknowledged: true });
    expect(t.provider.charges).toHaveLength(1);
    expect(t.record).toMatchObject({ status: 'COMPLETED', result: '{"receipt":1}' });
  });

  it.each([
    'contended',
    'undecided',
    ...(name === 'at-most-once' ? (['lost', 'down'] as const) : []),
  ] as const)('ends where what follows an error was %s', async (fault) => {
    const step = name === 'at-least-once' ? 'release' : 'holdUnknown';
    t.store.befall(step, fault);
    const ending = await t.external(guarantee, t.provider.losesAnswer);
    expect(ending.outcome).toBe(name === 'at-least-once' ? 'failed' : 'unknown');
    expect(t.record?.status).toBe(name === 'at-least-once' ? 'RETRYING' : 'OUTCOME_UNKNOWN');
    expect(t.store.calls).toEqual(['claim', step, step]);
  });

  it('never calls the handler if the claim could not be made', async () => {
    t.store.befall('claim', ...Array<'contended'>(100).fill('contended'));
    await expect(t.external(guarantee)).resolves.toMatchObject({ code: 'STORE_BUSY', acknowledged: false });
    expect(t.provider.charges).toEqual([]);
    expect(t.record).toBeUndefined();
  });

  it('is released without a call if the claim took the whole invocation', async () => {
    t.store.befall('claim', () => {
      t.clock.time += 29_600;
    });
    await expect(t.external(guarantee)).resolves.toMatchObject({ code: 'STORE_BUSY', acknowledged: false });
    expect(t.provider.charges).toEqual([]);
    expect(t.record).toMatchObject({ status: 'RETRYING' });
  });

  it('is completed with retries until the deadline, and then the message is not acknowledged', async () => {
    t.store.befall('complete', ...Array<'down'>(100).fill('down'));
    await expect(t.external(guarantee)).resolves.toMatchObject({ code: 'STORE_BUSY', acknowledged: false });
    expect(t.store.calls.length).toBeGreaterThan(10);
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
  });

  it('has its completion tried once even if the handler took the whole invocation', async () => {
    const slow = await t.external(guarantee, async () => {
      t.clock.time += 29_900;
    });
    expect(slow).toMatchObject({ outcome: 'applied', acknowledged: true });
    expect(t.record).toMatchObject({ status: 'COMPLETED', result: 'null' });
  });

  it('lasts for the rest of the invocation and the allowed skew', async () => {
    const begun = t.clock.now();
    void t.external(guarantee, t.provider.diesBefore, { time: 12_000 });
    await settled();
    expect(t.record?.leaseUntil).toBe(begun + 12_000 + 5000);
  });

  it.each([-5000, 5000])('is respected by a clock that is off by %d ms', async (skew) => {
    // GIVEN an owner that works until the very end of its invocation
    const slow = gate();
    const first = t.external(guarantee, async () => await slow.opened);
    await settled();
    t.clock.time += 29_999;
    await settled();
    // WHEN a function with such a clock gets the message
    const second = await t.external(guarantee, undefined, { messageId: 'm2', skew });
    // THEN it waits
    expect(second).toMatchObject({ outcome: 'leased' });
    slow.open();
    await expect(first).resolves.toMatchObject({ outcome: 'applied' });
    expect(t.provider.charges).toEqual([]);
  });

  it('becomes an unknown outcome if another program left the record without an expiration', async () => {
    await t.external(guarantee, () => Promise.reject(new NotExecutedError('429')));
    t.wiring.memory.records.set(t.key, { ...t.record, expiration: undefined } as never);
    const found = await t.external(guarantee, undefined, { messageId: 'm2' });
    expect(found).toMatchObject({ outcome: 'unknown', acknowledged: true });
    expect(t.provider.charges).toEqual([]);
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
  });

  it('is compared with the time of each try, because a lease may end between two tries', async () => {
    const told: number[] = [];
    const { claim } = t.store;
    t.store.claim = (delivery, terms) => {
      told.push(delivery.now);
      return claim(delivery, terms);
    };
    t.store.befall('claim', 'contended');
    await t.external(guarantee);
    expect(told).toEqual([1_700_000_000_000, 1_700_000_000_000 + 12.5]);
  });

  it('lets one of two simultaneous deliveries run', async () => {
    const [first, second] = await Promise.all([
      t.external(guarantee, undefined, { messageId: 'm1' }),
      t.external(guarantee, undefined, { messageId: 'm2' }),
    ]);
    expect([first.acknowledged, second.acknowledged].sort()).toEqual([false, true]);
    expect(t.provider.charges).toHaveLength(1);
  });

  it('reports other content under the same key, whatever the status', async () => {
    const other = { event: anOrder({}, { total: 99 }), messageId: 'm2' };
    for (const status of ['RETRYING', 'INPROGRESS', 'COMPLETED', 'QUARANTINED', 'OUTCOME_UNKNOWN']) {
      const each = new Timeline();
      await each.external(guarantee);
      each.wiring.memory.records.set(each.key, { ...each.record, status } as never);
      await expect(each.external(guarantee, undefined, other)).resolves.toMatchObject({
        outcome: 'conflict',
        acknowledged: true,
      });
      expect(each.provider.charges).toHaveLength(1);
      expect(each.wiring.letters).toHaveLength(1);
    }
  });

  it('lets a redrive of a quarantined event run, and acknowledges the quarantined message itself', async () => {
    await t.external(guarantee);
    t.wiring.memory.records.set(t.key, { ...t.record, status: 'QUARANTINED' } as never);
    await expect(t.external(guarantee, undefined, { messageId: 'm1' })).resolves.toMatchObject({
      outcome: 'poison',
      code: 'QUARANTINED',
      acknowledged: true,
    });
    expect(t.provider.charges).toHaveLength(1);
    await expect(t.external(guarantee, undefined, { messageId: 'redriven' })).resolves.toMatchObject({
      outcome: 'applied',
    });
    expect(t.provider.charges).toHaveLength(2);
  });

  it('stores the first result as JSON for duplicates', async () => {
    await t.external(guarantee, async () => ({ amount: 10n, nothing: undefined }));
    await t.external(guarantee, async () => ({ amount: 20n }));
    expect(decodeResult(t.record?.result ?? '')).toEqual({ result: { amount: '10' } });
  });
});
