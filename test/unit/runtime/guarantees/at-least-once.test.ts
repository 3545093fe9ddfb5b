import { atLeastOnce, NotExecutedError, PermanentError } from '../../../../runtime/index.ts';
import { anOrder } from '../../../support/orders.ts';
import { gate, settled, Timeline } from '../../../support/timeline.ts';

const hour = 3_600_000;
const guarantee = atLeastOnce({ providerKeyRetention: 24 * hour });
let t: Timeline;
beforeEach(() => {
  t = new Timeline();
});

describe('at-least-once', () => {
  it('applies a new event in two round trips and finds a duplicate in one', async () => {
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'applied', acknowledged: true });
    expect(t.store.calls).toEqual(['claim', 'complete']);
    const duplicate = await t.external(guarantee, undefined, { messageId: 'm2' });
    expect(duplicate).toMatchObject({ outcome: 'duplicate', appliedWith: 'm1', acknowledged: true });
    expect(t.store.calls).toEqual(['claim', 'complete', 'claim']);
    expect(t.provider.charges).toHaveLength(1);
  });

  it.each([
    ['claim and effect', 'diesBefore', 1],
    ['effect and complete', 'diesAfter', 2],
  ] as const)('is taken over, with the same key, after a crash between %s', async (_, crash, calls) => {
    // GIVEN a first owner that died
    void t.external(guarantee, t.provider[crash]);
    await settled();
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
    // WHEN its lease is over
    t.passLeases();
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'applied' });
    // THEN a provider that knows its keys has charged once
    expect(t.provider.charges).toHaveLength(calls);
    expect(new Set(t.provider.charges).size).toBe(1);
    expect(t.record).toMatchObject({ status: 'COMPLETED' });
  });

  it('waits for a live lease: hidden until its end, not acknowledged', async () => {
    void t.external(guarantee, t.provider.diesAfter);
    await settled();
    t.clock.time += 10_000;
    const waiting = await t.external(guarantee, undefined, { messageId: 'm2' });
    // 30 s of the first invocation and 5 s of skew, less the 10 s that passed
    expect(waiting).toMatchObject({ outcome: 'leased', acknowledged: false });
    expect(t.wiring.hidden).toEqual([{ handles: ['receipt-of-m2'], seconds: 25 }]);
    expect(t.provider.charges).toHaveLength(1);
    expect(t.record).toMatchObject({ status: 'INPROGRESS', messageId: 'm1' });
  });

  it('refuses the completion of a slow owner whose event was taken over, and logs it as fenced', async () => {
    const slow = gate();
    const first = t.external(guarantee, async () => {
      await slow.opened;
      return { receipt: 'late' };
    });
    await settled();
    t.passLeases();
    await t.external(guarantee, async () => ({ receipt: 'second' }), { messageId: 'm2' });
    slow.open();
    await expect(first).resolves.toMatchObject({ outcome: 'fenced', code: 'FENCED', acknowledged: false });
    expect(t.record).toMatchObject({ status: 'COMPLETED', messageId: 'm2', result: '{"receipt":"second"}' });
    expect(t.wiring.logged.filter((line) => '_aws' in line).at(-1)).toMatchObject({ Fenced: 1 });
  });

  it('refuses the release of a slow owner, so that the record stays claimed by the new owner', async () => {
    const slow = gate();
    const first = t.external(guarantee, async () => {
      await slow.opened;
      throw new Error('timed out');
    });
    await settled();
    t.passLeases();
    void t.external(guarantee, t.provider.diesAfter, { messageId: 'm2' });
    await settled();
    slow.open();
    await expect(first).resolves.toMatchObject({ outcome: 'fenced', acknowledged: false });
    expect(t.record).toMatchObject({ status: 'INPROGRESS', messageId: 'm2' });
  });

  it('tries again at once after an unclear error, with the same key', async () => {
    await expect(t.external(guarantee, t.provider.losesAnswer)).resolves.toMatchObject({
      outcome: 'failed',
      reason: 'socket hang up',
      acknowledged: false,
    });
    expect(t.record).toMatchObject({ status: 'RETRYING', lastError: 'socket hang up' });
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'applied' });
    expect(new Set(t.provider.charges).size).toBe(1);
  });

  it.each([
    [new NotExecutedError('429'), 'RETRYING'],
    [new PermanentError('card expired'), 'QUARANTINED'],
  ])('leaves the event to another delivery after %s', async (error, status) => {
    const refused = await t.external(guarantee, () => Promise.reject(error));
    expect(refused.outcome).toBe(error instanceof NotExecutedError ? 'failed' : 'poison');
    expect(t.record).toMatchObject({ status, lastError: error.message });
    await expect(t.external(guarantee, undefined, { messageId: 'redriven' })).resolves.toMatchObject({
      outcome: 'applied',
    });
  });

  it('reports the error of the handler if the release fails too', async () => {
    t.store.befall('release', ...Array<'down'>(100).fill('down'));
    await expect(t.external(guarantee, t.provider.losesAnswer)).resolves.toMatchObject({
      reason: 'socket hang up',
      acknowledged: false,
    });
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
  });

  describe('after the provider may have forgotten its keys', () => {
    it('records an unknown outcome for a released event', async () => {
      await t.external(guarantee, t.provider.losesAnswer);
      t.clock.time += 24 * hour;
      await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'unknown', acknowledged: true });
      expect(t.provider.charges).toHaveLength(1);
      expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN', body: JSON.stringify(anOrder()) });
    });

    it('records an unknown outcome for an event whose owner died', async () => {
      void t.external(guarantee, t.provider.diesAfter);
      await settled();
      t.clock.time += 24 * hour;
      await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'unknown' });
      expect(t.provider.charges).toHaveLength(1);
    });

    it('records an unknown outcome for a quarantined event that is redriven', async () => {
      await t.external(guarantee, t.provider.losesAnswer);
      t.wiring.memory.records.set(t.key, { ...t.record, status: 'QUARANTINED' } as never);
      t.clock.time += 24 * hour;
      const redriven = await t.external(guarantee, undefined, { messageId: 'redriven' });
      expect(redriven).toMatchObject({ outcome: 'unknown' });
    });

    it('includes the whole lease, because the call may happen at its end', async () => {
      await t.external(guarantee, t.provider.losesAnswer);
      t.clock.time += 24 * hour - 35_000;
      await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'unknown' });
    });

    it('tries the event again just before that', async () => {
      await t.external(guarantee, t.provider.losesAnswer);
      t.clock.time += 24 * hour - 35_001;
      await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'applied' });
    });

    it('never records an unknown outcome for a provider that never forgets', async () => {
      const forever = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY });
      await t.external(forever, t.provider.losesAnswer);
      t.clock.time += 1000 * hour;
      const { claim } = t.store;
      t.store.claim = (delivery, terms) => {
        // No store has a number for infinity.
        expect(terms).not.toHaveProperty('firstAttemptAfter');
        return claim(delivery, terms);
      };
      await expect(t.external(forever)).resolves.toMatchObject({ outcome: 'applied' });
    });
  });

  it.each([0, -1, Number.NaN, 24, 9_999])('refuses a key retention of %d ms', (providerKeyRetention) => {
    expect(() => atLeastOnce({ providerKeyRetention })).toThrow(
      `providerKeyRetention is ${providerKeyRetention}`,
    );
  });
});
