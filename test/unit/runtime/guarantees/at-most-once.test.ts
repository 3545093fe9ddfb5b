import { atMostOnce, NotExecutedError, PermanentError } from '../../../../runtime/index.ts';
import { anOrder } from '../../../support/orders.ts';
import { gate, settled, Timeline } from '../../../support/timeline.ts';

const guarantee = atMostOnce();
let t: Timeline;
beforeEach(() => {
  t = new Timeline();
});

describe('at-most-once', () => {
  it('applies a new event in two round trips and finds a duplicate in one', async () => {
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'applied', acknowledged: true });
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'duplicate', acknowledged: true });
    expect(t.store.calls).toEqual(['claim', 'complete', 'claim']);
    expect(t.provider.charges).toHaveLength(1);
  });

  it.each([
    ['claim and effect', 'diesBefore', 0],
    ['effect and complete', 'diesAfter', 1],
  ] as const)('holds the outcome as unknown after a crash between %s', async (_, crash, calls) => {
    void t.external(guarantee, t.provider[crash]);
    await settled();
    t.passLeases();
    const found = await t.external(guarantee, undefined, { messageId: 'm2' });
    expect(found).toMatchObject({ outcome: 'unknown', code: 'OUTCOME_UNKNOWN', acknowledged: true });
    expect(t.provider.charges).toHaveLength(calls);
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN', body: JSON.stringify(anOrder()) });
    expect(t.record?.expiration).toBeUndefined();
  });

  it('waits for a live lease', async () => {
    void t.external(guarantee, t.provider.diesAfter);
    await settled();
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'leased', acknowledged: false });
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
  });

  it('records an unknown outcome after an unclear error, and never tries again', async () => {
    await expect(t.external(guarantee, t.provider.losesAnswer)).resolves.toMatchObject({
      outcome: 'unknown',
      reason: 'socket hang up',
      acknowledged: true,
    });
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN', lastError: 'socket hang up' });
    // WHEN it comes again, even after years
    t.clock.time += 1000 * 86_400_000;
    const again = await t.external(guarantee, undefined, { messageId: 'm2', sentAt: t.clock.now() });
    expect(again).toMatchObject({ outcome: 'unknown', acknowledged: true });
    expect(t.provider.charges).toHaveLength(1);
  });

  it('acknowledges an unclear error only after the unknown outcome is written', async () => {
    t.store.befall('holdUnknown', ...Array<'down'>(100).fill('down'));
    await expect(t.external(guarantee, t.provider.losesAnswer)).resolves.toMatchObject({
      outcome: 'failed',
      code: 'STORE_BUSY',
      acknowledged: false,
    });
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
  });

  it.each([
    [new NotExecutedError('refused'), 'RETRYING'],
    [new PermanentError('no such address'), 'QUARANTINED'],
  ])('leaves the event to another delivery after %s', async (error, status) => {
    await t.external(guarantee, () => Promise.reject(error));
    expect(t.record).toMatchObject({ status, lastError: error.message });
    await expect(t.external(guarantee, undefined, { messageId: 'm2' })).resolves.toMatchObject({
      outcome: 'applied',
    });
  });

  it('accepts the completion of a slow owner after its outcome was recorded as unknown', async () => {
    const slow = gate();
    const first = t.external(guarantee, async () => {
      await slow.opened;
      return { mail: 1 };
    });
    await settled();
    t.passLeases();
    await expect(t.external(guarantee, undefined, { messageId: 'm2' })).resolves.toMatchObject({
      outcome: 'unknown',
    });
    slow.open();
    await expect(first).resolves.toMatchObject({ outcome: 'applied', acknowledged: true });
    expect(t.record).toMatchObject({ status: 'COMPLETED', result: '{"mail":1}' });
    expect(t.provider.charges).toEqual([]);
  });

  it('does not acknowledge an effect that could not be recorded; its next delivery records an unknown outcome', async () => {
    // GIVEN an effect, and a store that is down for the rest of the invocation
    t.store.befall('complete', ...Array<'down'>(100).fill('down'));
    await expect(t.external(guarantee)).resolves.toMatchObject({ code: 'STORE_BUSY', acknowledged: false });
    t.passLeases();
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'unknown', acknowledged: true });
    expect(t.provider.charges).toHaveLength(1);
  });
});
