import { atLeastOnce, atMostOnce, exactlyOnce } from '../../../../runtime/index.ts';
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

  it('waits for an owner that is still at work under the old one', async () => {
    void t.external(atLeast, t.provider.diesAfter);
    await settled();
    await expect(t.external(atMost)).resolves.toMatchObject({ outcome: 'busy', acknowledged: false });
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'busy', acknowledged: false });
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
  });

  it('from at-least-once to at-most-once holds what was released: it may have happened', async () => {
    await t.external(atLeast, t.provider.losesAnswer);
    await expect(t.external(atMost)).resolves.toMatchObject({ outcome: 'unknown' });
    expect(t.provider.charges).toHaveLength(1);
  });

  it.each(['diesAfter', 'losesAnswer'] as const)('to exactly-once holds what %s', async (how) => {
    void t.external(atLeast, t.provider[how]);
    await settled();
    t.passLeases();
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'unknown', acknowledged: true });
    expect(t.committed).toBe(0);
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
  });

  it('finds what was completed under the old one done', async () => {
    await t.external(atLeast);
    await expect(t.external(atMost)).resolves.toMatchObject({ outcome: 'duplicate' });
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'duplicate' });
    expect(t.committed).toBe(0);
  });
});
