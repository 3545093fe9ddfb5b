import { atMostOnce, exactlyOnce, NotExecutedError, UnclearError } from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import type { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { queueWiring } from '../../support/queue-wiring.ts';
import { type Act, atLeast, reasonsOf, shop, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import type { FakeClock, FakeWiring } from '../../support/wiring.ts';

const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeast },
] as const;

let clock: FakeClock;
let queue: FifoQueue;
let wiring: FakeWiring;
beforeEach(() => {
  ({ clock, queue, wiring } = queueWiring());
});

const consumerOf = (guarantee: Parameters<typeof shop>[1], act: Act) => shop(wiring, guarantee, act);

function send(...ids: string[]): void {
  for (const id of ids) queue.send(`m${id}`, 'g', anOrder({ subject: id }));
}

const applied = () =>
  wiring.logged.filter(({ outcome }) => outcome === 'applied').map(({ messageId }) => messageId);
const recordOf = (id: string) => wiring.memory.records.get(shopKey(id));
const reasons = () => reasonsOf(wiring.letters);

describe.each(guarantees)('an event that fails by itself under $name', ({ guarantee }) => {
  it('is given up after five attempts and a minute, and its group continues in order', async () => {
    send('1', '2', '3');
    const begun = clock.now();
    await drain(
      queue,
      consumerOf(guarantee, (id) => {
        if (id === '2') throw new TypeError('total is undefined');
      }),
    );
    expect(applied()).toEqual(['m1', 'm3']);
    expect(reasons()).toMatchObject([
      { code: 'ATTEMPTS_EXHAUSTED', message: expect.stringContaining('total is undefined') },
    ]);
    const failed = wiring.logged.filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ attempts }) => attempts)).toEqual(failed.map((_, n) => n + 1));
    expect(reasons()[0].attempts).toBe(failed.length + 1);
    expect(failed.length).toBeGreaterThanOrEqual(4);
    expect(clock.now()).toBeGreaterThanOrEqual(begun + 60_000);
    expect(clock.now()).toBeLessThan(begun + 300_000);
    expect(queue.deadLetters).toEqual([]);
  });

  it('is applied with its followers, in order, if the error disappears within 30 seconds', async () => {
    send('1', '2', '3', '4');
    const end = clock.now() + 30_000;
    await drain(
      queue,
      consumerOf(guarantee, (id) => {
        if (id === '1' && clock.now() < end) throw new Error('not now');
      }),
    );
    expect(applied()).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(wiring.letters).toEqual([]);
  });

  it('has new attempts and a new minute after a redrive, and keeps the time of its first attempt', async () => {
    // GIVEN an event that was given up an hour ago
    send('1');
    let end = Number.POSITIVE_INFINITY;
    const consumer = consumerOf(guarantee, () => {
      if (clock.now() < end) throw new Error('not now');
    });
    await drain(queue, consumer);
    expect(recordOf('1')).toMatchObject({ status: 'QUARANTINED', attempts: 0 });
    const first = recordOf('1')?.firstAttemptAt;
    clock.time += 3_600_000;
    // WHEN it is redriven, and heals within 30 seconds
    end = clock.now() + 30_000;
    queue.send('redriven', 'g', anOrder({ subject: '1' }));
    await drain(queue, consumer);
    // THEN
    expect(applied()).toEqual(['redriven']);
    expect(wiring.letters).toHaveLength(1);
    expect(recordOf('1')?.firstAttemptAt).toBe(first);
  });

  it.each([
    ['the handler says that nothing happened', () => new NotExecutedError('closed')],
    ['a system gave no answer', () => new UnclearError('504')],
  ])('is never given up if %s', async (_, error) => {
    send('1');
    const end = clock.now() + 3_600_000;
    await drain(
      queue,
      consumerOf(guarantee, () => {
        if (clock.now() < end) throw error();
      }),
    );
    expect(applied()).toEqual(['m1']);
    expect(wiring.letters).toEqual([]);
    // It was a suspect by then, which is counted before its handler.
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED', attempts: 1 });
  });

  it('is never given up if the store does not answer', async () => {
    send('1');
    const end = clock.now() + 3_600_000;
    const outage = () => {
      if (clock.now() < end) throw new Error('socket hang up');
    };
    for (const step of ['claim', 'commit', 'countAttempt', 'release'] as const) {
      wiring.store.befall(step, ...Array(1000).fill(outage));
    }
    await drain(
      queue,
      consumerOf(guarantee, () => {
        if (clock.now() < end) throw new Error('not now');
      }),
    );
    expect(applied()).toEqual(['m1']);
    expect(wiring.letters).toEqual([]);
  });

  it('stays in its queue while the dead-letter queue does not answer', async () => {
    send('1', '2');
    let refused = 0;
    const { send: sendLetter } = wiring.deadLetters;
    Object.assign(wiring.deadLetters, {
      send: async (letter: never) => {
        refused += 1;
        if (refused < 20) throw new Error('no answer');
        await sendLetter(letter);
      },
    });
    await drain(
      queue,
      consumerOf(guarantee, (id) => {
        if (id === '1') throw new Error('never');
      }),
    );
    expect(applied()).toEqual(['m2']);
    expect(wiring.letters.map(({ deduplicationId }) => deduplicationId)).toEqual(['m1']);
  });

  it('has its attempt counted once even if the answer of the count was lost', async () => {
    const failing = consumerOf(guarantee, () => {
      throw new Error('never');
    });
    for (const step of ['countAttempt', 'release'] as const) wiring.store.befall(step, 'undecided');
    await failing(sqsEvent(sqsRecord(anOrder({ subject: '1' }))), remaining());
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 1, lastError: 'never' });
    expect(wiring.logged[0]).toMatchObject({ outcome: 'failed', attempts: 1 });
  });
});

describe('an attempt', () => {
  it('needs no extra write if it succeeds, and one if it fails, under exactly-once', async () => {
    const failing = consumerOf(exactlyOnce(), (id) => {
      if (id === '2') throw new Error('never');
    });
    await failing(sqsEvent(sqsRecord(anOrder({ subject: '1' }))), remaining());
    expect(wiring.store.calls).toEqual(['commit']);
    await failing(sqsEvent(sqsRecord(anOrder({ subject: '2' }))), remaining());
    expect(wiring.store.calls).toEqual(['commit', 'countAttempt']);
  });

  it('needs no write besides the release, under at-least-once', async () => {
    const failing = consumerOf(atLeast, () => {
      throw new Error('never');
    });
    await failing(sqsEvent(sqsRecord(anOrder({ subject: '1' }))), remaining());
    expect(wiring.store.calls).toEqual(['claim', 'release']);
  });

  it('is not counted for a duplicate, which is acknowledged even if its handler fails', async () => {
    const event = sqsEvent(sqsRecord(anOrder({ subject: '1' })));
    await consumerOf(exactlyOnce(), () => {})(event, remaining());
    const changed = consumerOf(exactlyOnce(), () => {
      throw new Error('no such field');
    });
    await expect(changed(event, remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(wiring.logged.findLast(({ message }) => message === 'delivery')).toMatchObject({
      outcome: 'duplicate',
    });
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
  });

  it('is not counted if the handler was asked to stop, whatever it throws then', async () => {
    const late = consumerOf(atLeast, () => {
      clock.time += 29_400;
      throw new Error('aborted');
    });
    await late(sqsEvent(sqsRecord(anOrder({ subject: '1' }))), remaining());
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', lastError: 'aborted' });
    expect(recordOf('1')?.attempts ?? 0).toBe(0);
  });

  it('is not counted under at-most-once, which leaves an unknown outcome instead', async () => {
    const unclear = consumerOf(atMostOnce(), () => {
      throw new Error('socket hang up');
    });
    await unclear(sqsEvent(sqsRecord(anOrder({ subject: '1' }))), remaining());
    expect(recordOf('1')).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
    expect(recordOf('1')?.attempts ?? 0).toBe(0);
  });
});

/** What a consumer under another guarantee, an operator or a process that died left behind. */
describe('a handler that always fails under exactly-once', () => {
  const failing = () =>
    consumerOf(exactlyOnce(), (id) => {
      if (id === '1') throw new Error('never');
    });
  beforeEach(async () => {
    const before = consumerOf(atLeast, () => {
      throw new Error('socket hang up');
    });
    await before(sqsEvent(sqsRecord(anOrder({ subject: '1' }))), remaining());
  });
  const change = (to: object) =>
    wiring.memory.records.set('shop#urn:test#event-of-1', { ...recordOf('1'), ...to } as never);

  it('leaves an unknown outcome for a record that another guarantee left unfinished, and its group continues', async () => {
    send('1', '2');
    await drain(queue, failing(), { most: 20 });
    expect(recordOf('1')).toMatchObject({ status: 'OUTCOME_UNKNOWN', body: expect.any(String) });
    expect(applied()).toEqual(['m2']);
  });

  it.each([
    ['an operator sent again', { status: 'OUTCOME_UNKNOWN', expiration: undefined, ownerToken: 'carried' }],
    ['a process that reopened it left', { status: 'INPROGRESS', leaseUntil: 0, guarantee: 'exactly-once' }],
  ])('counts the attempts of an event that %s, and gives the event up', async (_, left) => {
    change({ ...left, attempts: undefined });
    const attributes = { 'resolved-attempt': { dataType: 'String', stringValue: 'carried' } } as const;
    const delivery = sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'm2', attributes }));
    for (let n = 0; n < 4; n++) await failing()(delivery, remaining());
    expect(recordOf('1')).toMatchObject({ status: 'RETRYING', attempts: 4 });
    clock.time += 61_000;
    await failing()(delivery, remaining());
    expect(reasons()).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED', attempts: 5 }]);
    expect(recordOf('1')).toMatchObject({ status: 'QUARANTINED', attempts: 0 });
  });
});
