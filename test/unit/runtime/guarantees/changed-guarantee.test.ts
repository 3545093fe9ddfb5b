import { resolvedAttemptAttribute } from '../../../../contract/message-attributes.ts';
import { atLeastOnce, atMostOnce, exactlyOnce, NotExecutedError } from '../../../../runtime/index.ts';
import { settled, Timeline } from '../../../support/timeline.ts';

const atLeast = atLeastOnce({ providerKeyRetention: 86_400_000 });
const atMost = atMostOnce();

/** A deployment gives a consumer another guarantee while messages and records of the old one are there. */
describe('a consumer whose guarantee was changed', () => {
  let t: Timeline;
  beforeEach(() => {
    t = new Timeline();
  });

  it.each([
    ['at-least-once', 'at-most-once', atLeast, atMost],
    ['at-most-once', 'at-least-once', atMost, atLeast],
  ] as const)('from %s to %s holds what a dead owner left', async (_, __, before, after) => {
    void t.external(before, t.provider.diesAfter);
    await settled();
    t.passLeases();
    await expect(t.external(after)).resolves.toMatchObject({ outcome: 'unknown', acknowledged: true });
    expect(t.provider.charges).toHaveLength(1);
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
  });

  it('waits for an owner that still works under the old guarantee', async () => {
    void t.external(atLeast, t.provider.diesAfter);
    await settled();
    await expect(t.external(atMost)).resolves.toMatchObject({ outcome: 'leased', acknowledged: false });
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'leased', acknowledged: false });
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
  });

  it('from at-least-once to at-most-once records an unknown outcome for a released event, because its effect may have happened', async () => {
    await t.external(atLeast, t.provider.losesAnswer);
    await expect(t.external(atMost)).resolves.toMatchObject({ outcome: 'unknown' });
    expect(t.provider.charges).toHaveLength(1);
  });

  it.each([
    'diesAfter',
    'losesAnswer',
  ] as const)('to exactly-once records an unknown outcome for an attempt that %s', async (how) => {
    void t.external(atLeast, t.provider[how]);
    await settled();
    t.passLeases();
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'unknown', acknowledged: true });
    expect(t.committed).toBe(0);
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
  });

  const guarantees = ['exactly-once', 'at-least-once', 'at-most-once', undefined] as const;
  const changes = guarantees.flatMap((before) =>
    guarantees
      .filter((after) => after !== undefined && after !== before)
      .map((after) => [before, after] as const),
  );

  it.each(
    changes,
  )('from %s to %s records an unknown outcome for every unfinished record', async (before, after) => {
    for (const status of ['RETRYING', 'QUARANTINED', 'INPROGRESS'] as const) {
      // GIVEN a record that was left so under another guarantee, or by another library
      const each = new Timeline();
      await each.external(atMost, () => Promise.reject(new NotExecutedError('refused')));
      const lease = status === 'INPROGRESS' ? { leaseUntil: each.clock.now() } : {};
      each.wiring.memory.records.set(each.key, {
        ...each.record,
        ...lease,
        status,
        guarantee: before,
      } as never);
      // WHEN its message comes again, or a redrive of it
      const delivery = { messageId: 'm2' };
      const found =
        after === 'exactly-once'
          ? await each.effects(exactlyOnce(), delivery)
          : await each.external(after === 'at-least-once' ? atLeast : atMost, undefined, delivery);
      // THEN an operator decides
      expect(found).toMatchObject({ outcome: 'unknown', acknowledged: true });
      expect(each.record).toMatchObject({ status: 'OUTCOME_UNKNOWN', body: expect.any(String) });
      expect(each.provider.charges).toEqual([]);
      expect(each.committed).toBe(0);
    }
  });

  it('acknowledges an event that was completed under the old guarantee as a duplicate if "formerly" names that guarantee', async () => {
    await t.external(atLeast);
    const delivery = { formerly: 'at-least-once' } as const;
    await expect(t.external(atMost, undefined, delivery)).resolves.toMatchObject({ outcome: 'duplicate' });
    await expect(t.effects(exactlyOnce(), delivery)).resolves.toMatchObject({ outcome: 'duplicate' });
    expect(t.provider.charges).toHaveLength(1);
    expect(t.committed).toBe(0);
  });

  it('makes a redrive and a resend of an event that was completed under another guarantee wait too', async () => {
    await t.external(atLeast);
    for (const delivery of [
      { messageId: 'redriven' },
      { messageId: 'resent', attributes: { [resolvedAttemptAttribute]: t.record?.ownerToken ?? '' } },
    ]) {
      for (const wait of [
        () => t.effects(exactlyOnce(), delivery),
        () => t.external(atMost, undefined, delivery),
      ]) {
        await expect(wait()).resolves.toMatchObject({
          outcome: 'failed',
          code: 'CONFIGURATION',
          acknowledged: false,
        });
      }
    }
    expect(t.provider.charges).toHaveLength(1);
    expect(t.committed).toBe(0);
  });

  it('makes the message wait if "formerly" names another guarantee than the record', async () => {
    await t.external(atLeast);
    const delivery = { formerly: 'at-most-once' } as const;
    await expect(t.effects(exactlyOnce(), delivery)).resolves.toMatchObject({ outcome: 'failed' });
  });
});
