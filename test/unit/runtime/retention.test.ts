import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  type ExternalHandler,
  exactlyOnce,
  NotExecutedError,
  UnclearError,
} from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { settled, Timeline } from '../../support/timeline.ts';
import { FakeClock, type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** For every receive that SQS counts, and the waits between them. */
const patiently = { most: 2500 };
const atLeast = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY });

describe('a message that waits for as long as its queue keeps it', () => {
  let clock: FakeClock;
  let queue: FifoQueue;
  let wiring: FakeWiring;
  let sent: number;
  beforeEach(() => {
    clock = new FakeClock();
    queue = new FifoQueue(clock);
    wiring = fakeWiring({
      clock,
      visibility: { change: async (handles, seconds) => queue.hide(handles, seconds) },
    });
    sent = clock.now();
    queue.send('m1', 'g', anOrder({ subject: '1' }));
  });
  const billing = (handle: ExternalHandler<ReturnType<typeof anOrder>>, guarantee = atLeast) =>
    createConsumer({ name: 'billing', parse: parseOrderEvent, guarantee, handle }, wiring);
  const reasons = () =>
    wiring.letters.map(({ attributes }) => JSON.parse(attributes['dead-letter-reason']?.StringValue ?? ''));
  const record = () => wiring.memory.records.get('billing#urn:test#event-of-1');

  it.each([
    ['at-least-once', atLeast, 12 * hour],
    ['at-most-once', atMostOnce(), 12 * hour],
    ['at-least-once', atLeast, 7 * hour],
  ])('is saved before its deletion if a system is closed for days: %s', async (_, guarantee, retryAfter) => {
    await drain(
      queue,
      billing(() => Promise.reject(new NotExecutedError('closed', { retryAfter })), guarantee),
    );
    expect(queue.expired).toEqual([]);
    expect(reasons()).toMatchObject([
      {
        code: 'RETENTION',
        message: expect.stringMatching(/^Its queue would have deleted .*NOT_DONE: closed$/),
      },
    ]);
    expect(reasons()[0].message).toContain(new Date(sent + 4 * day).toISOString());
    expect(record()).toMatchObject({ status: 'QUARANTINED', messageId: 'm1' });
  });

  it.each([
    ['a system gave no answer', () => new UnclearError('504')],
    ['a system was away', () => new NotExecutedError('ECONNREFUSED')],
  ])('waits until an hour before its deletion, and its receives last, if %s', async (_, error) => {
    await drain(
      queue,
      billing(() => Promise.reject(error())),
      patiently,
    );
    expect([queue.expired, queue.deadLetters]).toEqual([[], []]);
    expect(clock.now() - sent).toBeGreaterThan(4 * day - hour - 600_000);
    expect(clock.now() - sent).toBeLessThanOrEqual(4 * day - hour);
    expect(reasons()).toMatchObject([{ code: 'RETENTION' }]);
  });

  it('is saved if its store is down, without long requests to it, and is applied once after a redrive', async () => {
    for (const step of ['countAttempt', 'commit', 'quarantine'] as const)
      wiring.store.befall(step, ...Array(2000).fill('down'));
    const applies = createConsumer(
      { name: 'billing', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
      wiring,
    );
    await drain(queue, applies, patiently);
    expect(queue.expired).toEqual([]);
    expect(reasons()).toMatchObject([
      { code: 'RETENTION', message: expect.stringContaining('socket hang up') },
    ]);
    expect(record()).toBeUndefined();
    wiring.store.recover();
    queue.send('redriven', 'g', anOrder({ subject: '1' }));
    await drain(queue, applies);
    expect(record()).toMatchObject({ status: 'COMPLETED', messageId: 'redriven' });
  });

  it('lets its group continue in order after it was saved', async () => {
    queue.send('m2', 'g', anOrder({ subject: '2' }));
    const applied: string[] = [];
    await drain(
      queue,
      billing(async ({ data: { orderId } }) => {
        if (orderId === '1') throw new NotExecutedError('closed');
        applied.push(orderId);
      }),
      patiently,
    );
    expect(applied).toEqual(['2']);
    expect(wiring.letters).toHaveLength(1);
  });
});

describe('near the retention', () => {
  const closed = () => Promise.reject(new NotExecutedError('closed'));
  let t: Timeline;
  /** A message that would wait too long if it waited for 2 seconds, and one that would not. */
  let late: { readonly sentAt: number };
  let inTime: { readonly sentAt: number };
  beforeEach(() => {
    t = new Timeline();
    late = { sentAt: t.clock.now() - (4 * day - hour) + 1999 };
    inTime = { sentAt: late.sentAt + 1 };
  });

  it('a message stays as long as its next try comes before the deletion', async () => {
    await expect(t.external(atLeast, closed, inTime)).resolves.toMatchObject({ outcome: 'failed' });
    await expect(t.external(atLeast, closed, late)).resolves.toMatchObject({
      outcome: 'poison',
      code: 'RETENTION',
      acknowledged: true,
    });
  });

  it('a message is tried like any other', async () => {
    await expect(t.external(atLeast, undefined, late)).resolves.toMatchObject({ outcome: 'applied' });
    expect(t.wiring.letters).toEqual([]);
  });

  it('a message is left to another delivery that holds its lease', async () => {
    void t.external(atLeast, t.provider.diesBefore, { ...late, messageId: 'm0' });
    await settled();
    await expect(t.external(atLeast, undefined, late)).resolves.toMatchObject({ outcome: 'leased' });
    expect(t.wiring.letters).toEqual([]);
  });

  it('a message whose lease was lost is saved, and its redrive ends like the delivery of the new owner', async () => {
    const takenOver = async () => {
      t.passLeases();
      await t.external(atLeast, undefined, { messageId: 'm9' });
    };
    await expect(t.external(atLeast, takenOver, late)).resolves.toMatchObject({
      code: 'RETENTION',
      reason: expect.stringContaining('FENCED: '),
    });
    await expect(t.external(atLeast, undefined, { messageId: 'redriven' })).resolves.toMatchObject({
      outcome: 'duplicate',
    });
    expect(t.provider.charges).toHaveLength(1);
  });

  it('a message stays if its copy cannot be sent', async () => {
    Object.assign(t.wiring.deadLetters, { send: () => Promise.reject(new Error('no answer')) });
    await expect(t.external(atLeast, closed, late)).resolves.toMatchObject({
      outcome: 'failed',
      code: 'NOT_DONE',
      acknowledged: false,
    });
    expect(t.record).toMatchObject({ status: 'RETRYING' });
  });

  it('a saved message whose acknowledgement was lost is acknowledged at its next delivery, and a redrive runs', async () => {
    await t.external(atLeast, closed, late);
    await expect(t.external(atLeast, undefined, late)).resolves.toMatchObject({ code: 'QUARANTINED' });
    expect(t.provider.charges).toEqual([]);
    await t.external(atLeast, undefined, { messageId: 'redriven' });
    await expect(t.external(atLeast, undefined, { messageId: 'again' })).resolves.toMatchObject({
      outcome: 'duplicate',
    });
    expect(t.provider.charges).toHaveLength(1);
  });

  it('an effect that may have happened is not repeated by a redrive, under at-most-once', async () => {
    // GIVEN a mail that was sent, and a store that takes no word of it
    t.store.befall('holdUnknown', ...Array(1000).fill('down'));
    await expect(t.external(atMostOnce(), t.provider.losesAnswer, late)).resolves.toMatchObject({
      code: 'RETENTION',
    });
    expect(t.record).toMatchObject({ status: 'INPROGRESS' });
    t.store.recover();
    t.passLeases();
    await expect(t.external(atMostOnce(), undefined, { messageId: 'redriven' })).resolves.toMatchObject({
      outcome: 'unknown',
    });
    expect(t.provider.charges).toHaveLength(1);
  });

  it('an effect that may have happened is repeated only with its first key, under at-least-once', async () => {
    t.store.befall('complete', ...Array(1000).fill('down'));
    await expect(t.external(atLeast, undefined, late)).resolves.toMatchObject({ code: 'RETENTION' });
    t.store.recover();
    t.passLeases();
    await expect(t.external(atLeast, undefined, { messageId: 'redriven' })).resolves.toMatchObject({
      outcome: 'applied',
    });
    expect(new Set(t.provider.charges).size).toBe(1);
    expect(t.provider.charges).toHaveLength(2);
  });

  it('a store that does not answer leaves time for the copy', async () => {
    const begun = t.clock.now();
    const at: number[] = [];
    const { send } = t.wiring.deadLetters;
    Object.assign(t.wiring.deadLetters, {
      send: async (letter: never) => {
        at.push(t.clock.now() - begun);
        await send(letter);
      },
    });
    for (const step of ['claim', 'quarantine'] as const) {
      t.store.befall(step, ...Array(1000).fill('contended'));
    }
    await expect(t.external(atLeast, undefined, late)).resolves.toMatchObject({
      code: 'RETENTION',
      reason: expect.stringContaining('STORE_BUSY: '),
    });
    // THEN it was given up 10 seconds before a younger message would have been
    expect(at[0]).toBeLessThanOrEqual(19_500);
    expect(at[0]).toBeGreaterThan(15_000);
    expect(t.store.calls.filter((step) => step === 'quarantine')).toHaveLength(1);
  });
});
