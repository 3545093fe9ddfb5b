import { atLeastOnce, atMostOnce, exactlyOnce, PermanentError, skip } from '../../../runtime/index.ts';
import type { StoredRecord } from '../../../runtime/ports/record-store.ts';
import { drain } from '../../support/event-source.ts';
import type { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { queueWiring } from '../../support/queue-wiring.ts';
import { type Act, reasonsOf, atLeast as remembering, shop, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import type { FakeClock, FakeWiring } from '../../support/wiring.ts';

const hour = 3_600_000;
const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: remembering },
  { name: 'at-most-once', guarantee: atMostOnce() },
] as const;
const [exactly, atLeast] = guarantees;

let clock: FakeClock;
let queue: FifoQueue;
let wiring: FakeWiring;
beforeEach(() => {
  ({ clock, queue, wiring } = queueWiring({}, { onPoison: 'block' }));
});

const consumerOf = (guarantee: Parameters<typeof shop>[1], act: Act) => shop(wiring, guarantee, act);

const refuses: Act = (orderId) => {
  if (orderId.startsWith('bad')) throw new PermanentError('no such account');
};
const fails: Act = (orderId) => {
  if (orderId.startsWith('bad')) throw new TypeError('total is undefined');
};

function send(group: string, ...ids: string[]): void {
  for (const id of ids) queue.send(`m-${id}`, group, anOrder({ subject: id, partitionkey: group }));
}
const keyOf = shopKey;
const recordOf = (id: string) => wiring.memory.records.get(keyOf(id));
const deliveries = () => wiring.logged.filter(({ message }) => message === 'delivery');
const messagesThat = (outcome: string) =>
  deliveries().flatMap((line) => (line.outcome === outcome ? [line.messageId as string] : []));
const reasons = () => reasonsOf(wiring.letters);

/** Lets the consumer work for so long, in ms, or until its queue is empty. */
async function work(consumer: ReturnType<typeof consumerOf>, ms = hour): Promise<void> {
  const end = clock.now() + ms;
  await drain(queue, consumer, { until: () => clock.now() >= end });
}
const deliver = (
  consumer: ReturnType<typeof consumerOf>,
  body: unknown,
  messageId = 'm1',
  sentAt = clock.now(),
) => consumer(sqsEvent(sqsRecord(body, { messageId, sentAt })), remaining());
const skipped = (id: string, messageId: string) => skip({ store: wiring.store, id: keyOf(id), messageId });

const poisons = [
  { what: 'a permanent error', act: refuses, code: 'PERMANENT' },
  { what: 'its attempts used up', act: fails, code: 'ATTEMPTS_EXHAUSTED' },
] as const;
const combinations = guarantees.flatMap((row) =>
  // At-most-once has no attempts: an error that is not clear asks an operator.
  poisons
    .filter(({ code }) => row.name !== 'at-most-once' || code === 'PERMANENT')
    .map((poison) => ({ ...row, ...poison })),
);

describe.each(combinations)('an event with $what under $name', ({ guarantee, act, code }) => {
  const healthy = () => consumerOf(guarantee, () => {});

  it('blocks only its group, and is applied in order after a deployment fixes the handler', async () => {
    send('a', 'a1', 'bad', 'a2');
    send('b', 'b1', 'b2');
    await work(consumerOf(guarantee, act));
    // THEN what is behind the poison waits, and other groups have gone on
    expect(messagesThat('applied').sort()).toEqual(['m-a1', 'm-b1', 'm-b2']);
    await work(healthy());
    expect(messagesThat('applied').slice(3)).toEqual(['m-bad', 'm-a2']);
    expect(recordOf('bad')).toMatchObject({ status: 'COMPLETED' });
    expect([wiring.letters, queue.deadLetters]).toEqual([[], []]);
  });

  it('logs the reason and the record, is counted, and leaves a record', async () => {
    send('a', 'bad');
    const until = () => messagesThat('blocked').length > 0;
    await drain(queue, consumerOf(guarantee, act), { until });
    const why = expect.stringMatching(/no such account|total is undefined/);
    const line = deliveries().at(-1);
    expect(line).toMatchObject({ outcome: 'blocked', code, reason: why });
    expect(line).toMatchObject({
      messageId: 'm-bad',
      recordId: keyOf('bad'),
      retryAt: clock.now() + 151_000,
    });
    expect(wiring.logged.at(-1)).toMatchObject({ Blocked: 1 });
    expect(recordOf('bad')).toMatchObject({ status: 'RETRYING', lastError: why });
  });

  it('goes to the dead-letter queue if an operator skips it, and its group continues', async () => {
    send('a', 'bad', 'a2');
    await work(consumerOf(guarantee, act));
    await skipped('bad', 'm-bad');
    await work(consumerOf(guarantee, act));
    expect(messagesThat('applied')).toEqual(['m-a2']);
    expect(reasons()).toMatchObject([{ code, message: expect.stringMatching(/^Skipped by an operator: /) }]);
    expect(recordOf('bad')).toMatchObject({ status: 'QUARANTINED', messageId: 'm-bad' });
  });

  it('is skipped once: a redrive is another message, which blocks, or runs after the handler is fixed', async () => {
    send('a', 'bad');
    await work(consumerOf(guarantee, act));
    await skipped('bad', 'm-bad');
    await work(consumerOf(guarantee, act));
    queue.send('redriven', 'a', anOrder({ subject: 'bad', partitionkey: 'a' }));
    await work(consumerOf(guarantee, act));
    expect(messagesThat('blocked')).toContain('redriven');
    await work(healthy());
    expect(messagesThat('applied')).toEqual(['redriven']);
  });

  it('stays while the store does not answer whether it is skipped', async () => {
    send('a', 'bad');
    await work(consumerOf(guarantee, act));
    await skipped('bad', 'm-bad');
    wiring.store.befall('block', ...Array(1000).fill('down'));
    await work(consumerOf(guarantee, act));
    expect(wiring.letters).toEqual([]);
    expect(deliveries().at(-1)).toMatchObject({ outcome: 'blocked', code });
    wiring.store.recover();
    await work(consumerOf(guarantee, act));
    expect(messagesThat('poison')).toEqual(['m-bad']);
  });

  it('never reaches maxReceiveCount, and goes to the dead-letter queue before its deletion', async () => {
    ({ clock, queue, wiring } = queueWiring({ maxReceiveCount: 100 }, { onPoison: 'block' }));
    Object.assign(wiring, { maxReceiveCount: 100 });
    send('a', 'bad', 'a2');
    await work(consumerOf(guarantee, act), 5 * 24 * hour);
    expect([queue.deadLetters, queue.expired]).toEqual([[], []]);
    expect(reasons()).toMatchObject([{ code: 'RETENTION', message: expect.stringContaining(`${code}: `) }]);
    expect(recordOf('bad')).toMatchObject({ status: 'QUARANTINED', messageId: 'm-bad' });
    expect(messagesThat('applied')).toEqual(['m-a2']);
  });
});

describe('a conflict', () => {
  const other = anOrder({ subject: '1' }, { total: 99 });
  const quiet = () => consumerOf(exactly.guarantee, () => {});
  beforeEach(async () => {
    await deliver(quiet(), anOrder({ subject: '1' }), 'm0');
  });

  it('blocks its group too, and changes nothing of the earlier content', async () => {
    const before = recordOf('1');
    await expect(deliver(quiet(), other)).resolves.toMatchObject({ batchItemFailures: [{}] });
    expect(deliveries().at(-1)).toMatchObject({ outcome: 'blocked', code: 'CONFLICT', recordId: keyOf('1') });
    expect(recordOf('1')).toEqual({ ...before, blocked: 'm1' });
  });

  it('is copied with both fingerprints when it is skipped', async () => {
    await deliver(quiet(), other);
    await skipped('1', 'm1');
    await expect(deliver(quiet(), other)).resolves.toEqual({ batchItemFailures: [] });
    expect(deliveries().at(-1)).toMatchObject({ outcome: 'conflict' });
    expect(reasons()).toMatchObject([
      { code: 'CONFLICT', fingerprints: { applied: recordOf('1')?.fingerprint } },
    ]);
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED', messageId: 'm0' });
  });
});

describe('a message that never blocks', () => {
  it.each([
    ['a body that is no event', '{', 0, 'INVALID_JSON'],
    ['an event out of the window', anOrder(), 45 * 24 * hour, 'OUT_OF_WINDOW'],
  ])('goes to the dead-letter queue: %s', async (_, body, age, code) => {
    const answer = deliver(consumerOf(exactly.guarantee, refuses), body, 'm1', clock.now() - age);
    await expect(answer).resolves.toEqual({ batchItemFailures: [] });
    expect(reasons()).toMatchObject([{ code }]);
  });

  it.each([
    exactly,
    atLeast,
  ])('is a duplicate, which is acknowledged even if its handler refuses it now: $name', async ({
    guarantee,
  }) => {
    const event = anOrder({ subject: 'bad' });
    await deliver(
      consumerOf(guarantee, () => {}),
      event,
      'm0',
    );
    await expect(deliver(consumerOf(guarantee, refuses), event)).resolves.toEqual({ batchItemFailures: [] });
    expect(deliveries().at(-1)).toMatchObject({ outcome: 'duplicate', appliedWith: 'm0' });
  });
});

it.each(combinations)('an event with $what under $name reads no record if poison is quarantined', async ({
  guarantee,
  act,
}) => {
  Object.assign(wiring, { onPoison: 'quarantine' });
  send('a', 'bad');
  await work(consumerOf(guarantee, act));
  expect(messagesThat('poison')).toEqual(['m-bad']);
  expect(wiring.store.calls).not.toContain('block');
});

it('a block ends when the provider may have forgotten the key: the outcome is unknown, and the group continues', async () => {
  send('a', 'bad', 'a2');
  await work(consumerOf(atLeastOnce({ providerKeyRetention: 24 * hour }), fails), 25 * hour);
  expect(messagesThat('unknown')).toEqual(['m-bad']);
  expect(recordOf('bad')).toMatchObject({ status: 'OUTCOME_UNKNOWN', body: expect.any(String) });
  expect(messagesThat('applied')).toEqual(['m-a2']);
});

it('a refused event blocks its group even if its record could not be written', async () => {
  wiring.store.befall('countAttempt', 'down');
  await deliver(consumerOf(exactly.guarantee, refuses), anOrder({ subject: 'bad' }));
  expect(deliveries().at(-1)).toMatchObject({ outcome: 'blocked', code: 'PERMANENT' });
  expect(recordOf('bad')).toBeUndefined();
});

describe.each([exactly, atLeast])('a message that blocked its group under $name', ({ guarantee }) => {
  it('is skipped even while every event fails with its error', async () => {
    const consumer = consumerOf(guarantee, fails);
    send('a', 'bad');
    await work(consumer);
    expect(messagesThat('blocked')).toContain('m-bad');
    for (let n = 0; n < 20; n++) send(`g${n}`, `bad${n}`);
    await work(consumer);
    expect(deliveries().at(-1)).toMatchObject({ outcome: 'failed', commonFailure: true });
    await skipped('bad', 'm-bad');
    await work(consumer);
    expect(messagesThat('poison')).toEqual(['m-bad']);
    expect(reasons()).toMatchObject([{ message: expect.stringMatching(/^Skipped by an operator: /) }]);
  });

  it('stays while every event fails with its error, if the store does not answer whether it is skipped', async () => {
    const consumer = consumerOf(guarantee, fails);
    for (let n = 0; n < 21; n++) send(`g${n}`, `bad${n}`);
    wiring.store.befall('block', ...Array.from({ length: 500 }, () => 'down' as const));
    await work(consumer, 300_000);
    expect(deliveries().at(-1)).toMatchObject({ outcome: 'failed', commonFailure: true });
    expect(wiring.letters).toEqual([]);
  });
});

describe('skip', () => {
  it('fails if there is no record, and says where to find it', async () => {
    await expect(skipped('1', 'm1')).rejects.toMatchObject({
      code: 'NOT_SKIPPABLE',
      message: expect.stringMatching(/^Record shop#urn:test#event-of-1 does not exist: take "recordId" and/),
    });
    expect(wiring.memory.records.size).toBe(0);
  });

  it('fails if the store is contended', async () => {
    wiring.store.befall('skip', 'contended');
    await expect(skipped('1', 'm1')).rejects.toMatchObject({ code: 'STORE_BUSY' });
  });

  it('is refused for another message, with an error that names the blocking one, which stays', async () => {
    send('a', 'bad');
    await work(consumerOf(exactly.guarantee, refuses));
    await expect(skipped('bad', 'm-dab')).rejects.toMatchObject({
      code: 'NOT_SKIPPABLE',
      message: expect.stringContaining('names m-bad as the message that blocks, not m-dab'),
    });
    await work(consumerOf(exactly.guarantee, refuses));
    expect(new Set(deliveries().map(({ outcome }) => outcome))).toEqual(new Set(['blocked']));
  });

  it('is refused if no message blocks, because the event was applied', async () => {
    await deliver(
      consumerOf(exactly.guarantee, () => {}),
      anOrder({ subject: '1' }),
      'm1',
    );
    await expect(skipped('1', 'm1')).rejects.toMatchObject({
      code: 'NOT_SKIPPABLE',
      message: expect.stringContaining(
        'is COMPLETED, and no message blocks over it, so m1 cannot be skipped',
      ),
    });
  });

  it.each(guarantees)('is refused after a deployment has fixed the message: $name', async ({ guarantee }) => {
    send('a', 'bad');
    await work(consumerOf(guarantee, refuses));
    await work(consumerOf(guarantee, () => {}));
    await expect(skipped('bad', 'm-bad')).rejects.toMatchObject({
      code: 'NOT_SKIPPABLE',
      message: expect.stringContaining('is COMPLETED: message m-bad blocks no more'),
    });
  });

  it('is refused after the message has left; after a redrive the error names the redriven message', async () => {
    send('a', 'bad');
    await work(consumerOf(exactly.guarantee, refuses));
    await skipped('bad', 'm-bad');
    await skipped('bad', 'm-bad');
    await work(consumerOf(exactly.guarantee, refuses));
    await expect(skipped('bad', 'm-bad')).rejects.toMatchObject({
      message: expect.stringContaining('is QUARANTINED'),
    });
    queue.send('redriven', 'a', anOrder({ subject: 'bad', partitionkey: 'a' }));
    await work(consumerOf(exactly.guarantee, refuses));
    await expect(skipped('bad', 'm-bad')).rejects.toMatchObject({
      message: expect.stringContaining('names redriven'),
    });
    await skipped('bad', 'redriven');
    await work(consumerOf(exactly.guarantee, refuses));
    expect(messagesThat('poison')).toEqual(['m-bad', 'redriven']);
  });

  it.each([
    ['id', { id: '', messageId: 'm1' }],
    ['messageId', { id: 'shop#a#b', messageId: undefined }],
    ['messageId', { id: 'shop#a#b', messageId: ' ' }],
  ])('is refused for a %s that is not a text', async (name, options) => {
    const slip = skip({ store: wiring.store, ...options } as Parameters<typeof skip>[0]);
    await expect(slip).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining(`${name} is`),
    });
  });
});

describe.each([exactly, atLeast])('an event that ends its process each time under $name', ({ guarantee }) => {
  const deadly = () =>
    consumerOf(guarantee, () => {
      throw new Error('its handler has begun');
    });

  /** A record as it is left by the fifth process that ended so, more than a minute ago. */
  async function afterFiveEnds(): Promise<void> {
    await deliver(consumerOf(guarantee, fails), anOrder({ subject: 'bad' }));
    const left = {
      status: 'RETRYING',
      ownerToken: 'of-the-dead',
      attempts: 5,
      attemptState: 'STARTED',
    } as const;
    wiring.memory.records.set(keyOf('bad'), {
      ...(recordOf('bad') as StoredRecord),
      ...left,
      leaseUntil: undefined,
      firstAttemptAt: clock.now() - 120_000,
    });
    wiring.logged.length = 0;
  }
  const again = (consumer: ReturnType<typeof consumerOf>, receiveCount: number) =>
    consumer(
      sqsEvent(
        sqsRecord(anOrder({ subject: 'bad' }), {
          messageId: 'm-bad',
          receiveCount,
          firstReceived: clock.now() - 120_000,
        }),
      ),
      remaining(),
    );

  it('blocks without its handler at every second delivery, so that it is reported, and a deployment can fix it', async () => {
    await afterFiveEnds();
    // WHEN it is not begun
    await again(deadly(), 9);
    expect(deliveries()).toMatchObject([
      { outcome: 'blocked', code: 'ATTEMPTS_EXHAUSTED', reason: expect.stringContaining('process ended') },
    ]);
    expect(recordOf('bad')).toMatchObject({ status: 'RETRYING', attempts: 6 });
    // THEN the next delivery begins
    await again(
      consumerOf(guarantee, () => {}),
      10,
    );
    expect(deliveries().at(-1)).toMatchObject({ outcome: 'applied' });
  });

  it('is skipped without its handler', async () => {
    await afterFiveEnds();
    await again(deadly(), 9);
    await skipped('bad', 'm-bad');
    wiring.memory.records.set(keyOf('bad'), { ...(recordOf('bad') as StoredRecord), attempts: 5 });
    wiring.logged.length = 0;
    await again(deadly(), 10);
    expect(deliveries()).toMatchObject([{ outcome: 'poison', code: 'ATTEMPTS_EXHAUSTED' }]);
    expect(recordOf('bad')).toMatchObject({ status: 'QUARANTINED' });
  });
});
