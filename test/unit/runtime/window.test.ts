import { atLeastOnce, atMostOnce, exactlyOnce } from '../../../runtime/index.ts';
import { Timeline } from '../../support/timeline.ts';

const hour = 3_600_000;
const start = 1_700_000_000_000;
/** Records of 45 days, less an hour. */
const window = 45 * 24 * hour - hour;
const external = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY });

describe('the idempotency window', () => {
  let t: Timeline;
  beforeEach(() => {
    t = new Timeline();
  });

  it.each([
    ['exactly-once', () => t.effects(exactlyOnce())],
    ['at-least-once', () => t.external(external)],
    ['at-most-once', () => t.external(atMostOnce())],
  ])('closes an hour before records expire: %s', async (_, deliver) => {
    // GIVEN an event of which no record is there
    t.clock.time = start + window;
    await expect(deliver()).resolves.toMatchObject({
      outcome: 'out-of-window',
      code: 'OUT_OF_WINDOW',
      acknowledged: true,
    });
    // THEN it is in the dead-letter queue with its reason, and no trace of it is anywhere else
    const reason = t.wiring.letters[0]?.attributes['dead-letter-reason']?.StringValue ?? '';
    expect(JSON.parse(reason)).toMatchObject({ code: 'OUT_OF_WINDOW' });
    expect(t.record).toBeUndefined();
    expect([t.committed, t.provider.charges]).toEqual([0, []]);
  });

  it('is open until then', async () => {
    t.clock.time = start + window - 1;
    await expect(t.effects(exactlyOnce())).resolves.toMatchObject({ outcome: 'applied' });
  });

  it('starts with the first publication, which is kept when the message moves', async () => {
    t.clock.time = start + window;
    const moved = { sentAt: t.clock.now(), attributes: { 'first-published': String(start) } };
    await expect(t.effects(exactlyOnce(), moved)).resolves.toMatchObject({ outcome: 'out-of-window' });
  });

  it.each([
    'no number',
    String(start + 1000 * window),
    '',
  ])('uses the time of the queue if first-published is "%s"', async (published) => {
    t.clock.time = start + window - 1;
    const attributes = { 'first-published': published };
    await expect(t.effects(exactlyOnce(), { attributes })).resolves.toMatchObject({ outcome: 'applied' });
    t.clock.time = start + window;
    const late = new Timeline();
    late.clock.time = t.clock.now();
    await expect(late.effects(exactlyOnce(), { attributes })).resolves.toMatchObject({
      outcome: 'out-of-window',
    });
  });

  it('does not apply an event outside of it whose record has expired', async () => {
    await t.external(external);
    t.clock.time = start + 46 * 24 * hour;
    await expect(t.external(external)).resolves.toMatchObject({ outcome: 'out-of-window' });
    expect(t.provider.charges).toHaveLength(1);
  });

  it.each([
    'effects',
    'external',
  ] as const)('does not prevent a decision by a live record after its end: %s', async (kind) => {
    const deliver = () => (kind === 'effects' ? t.effects(exactlyOnce()) : t.external(external));
    await deliver();
    t.clock.time = start + window;
    await expect(deliver()).resolves.toMatchObject({ outcome: 'duplicate' });
  });

  it('does not prevent a released event from running after its end', async () => {
    t.clock.time = start + window - 1;
    const moved = { sentAt: t.clock.now(), attributes: { 'first-published': String(start) } };
    await t.external(external, t.provider.losesAnswer, moved);
    t.clock.time = start + window;
    await expect(t.external(external, undefined, moved)).resolves.toMatchObject({ outcome: 'applied' });
  });
});
