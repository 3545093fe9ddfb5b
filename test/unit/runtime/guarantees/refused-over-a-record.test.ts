import { exactlyOnce, PermanentError } from '../../../../runtime/index.ts';
import type { StoredRecord } from '../../../../runtime/ports/record-store.ts';
import { anOrder } from '../../../support/orders.ts';
import { atLeast, shop, shopKey } from '../../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

const refuses = () => {
  throw new PermanentError('the seat is taken');
};

/** A handler under exactly-once runs before anybody looks at the record. */
describe.each(['quarantine', 'block'] as const)('a permanent error with onPoison %s', (onPoison) => {
  let wiring: FakeWiring;
  beforeEach(() => {
    wiring = fakeWiring({ onPoison });
  });

  /** The record of an order that was applied, with changes. */
  async function given(over: Partial<StoredRecord>, guarantee = exactlyOnce()): Promise<StoredRecord> {
    await shop(wiring, guarantee, () => {})(
      sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'first' })),
      remaining(),
    );
    const record = { ...wiring.memory.records.get(shopKey('1')), ...over } as StoredRecord;
    wiring.memory.records.set(shopKey('1'), record);
    wiring.logged.length = 0;
    return record;
  }

  async function refused(messageId = 'again', receiveCount = 1, content: object = {}) {
    const message = sqsRecord(anOrder({ subject: '1' }, content), { messageId, receiveCount });
    const { batchItemFailures } = await shop(wiring, exactlyOnce(), refuses)(sqsEvent(message), remaining());
    const { outcome, code } = wiring.logged.findLast(({ message }) => message === 'delivery') ?? {};
    return { outcome, code, waits: batchItemFailures.length === 1 };
  }

  it.each([
    ['has a later format', { format: 2 }],
    ['has a later format and expired', { format: 2, expiration: 1 }],
    ['has a later format and is unfinished', { format: 2, status: 'RETRYING' }],
    ['was completed under another guarantee', { guarantee: 'at-least-once' }],
    ['names an unknown fingerprint algorithm', { fingerprint: '9:later' }],
  ] as const)('leaves the message in its queue if the record %s', async (_, over) => {
    const record = await given(over);
    for (const receiveCount of [1, 2, 4]) {
      await expect(refused('again', receiveCount)).resolves.toEqual({
        outcome: 'failed',
        code: 'CONFIGURATION',
        waits: true,
      });
    }
    expect(wiring.letters).toEqual([]);
    expect(wiring.memory.records.get(shopKey('1'))).toEqual(record);
  });

  it('acknowledges an event that was applied before', async () => {
    const record = await given({});
    await expect(refused()).resolves.toMatchObject({ outcome: 'duplicate', waits: false });
    expect(wiring.letters).toEqual([]);
    expect(wiring.memory.records.get(shopKey('1'))).toEqual(record);
  });

  it('is a conflict if the record has other content', async () => {
    await given({});
    const { outcome } = await refused('again', 1, { total: 99 });
    expect(wiring.letters).toHaveLength(onPoison === 'quarantine' ? 1 : 0);
    expect(outcome).toBe(onPoison === 'quarantine' ? 'conflict' : 'blocked');
  });

  it('leaves an unknown outcome for an unfinished record of another guarantee, because the effect may have happened', async () => {
    await given({ status: 'RETRYING', guarantee: 'at-least-once' });
    await expect(refused()).resolves.toMatchObject({ outcome: 'unknown', waits: false });
    expect(wiring.letters).toEqual([]);
    expect(wiring.memory.records.get(shopKey('1'))).toMatchObject({
      status: 'OUTCOME_UNKNOWN',
      body: expect.any(String),
    });
  });
});

it('a refused event is copied once, even if its acknowledgement was lost', async () => {
  const wiring = fakeWiring();
  const message = () => sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'first' }));
  for (let delivery = 1; delivery <= 2; delivery++) {
    await expect(shop(wiring, exactlyOnce(), refuses)(message(), remaining())).resolves.toEqual({
      batchItemFailures: [],
    });
  }
  expect(wiring.letters).toHaveLength(1);
});

it('a refused event is not copied if the store does not answer', async () => {
  const wiring = fakeWiring();
  wiring.store.befall('release', 'down');
  const message = sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'first' }));
  const { batchItemFailures } = await shop(wiring, exactlyOnce(), refuses)(message, remaining());
  expect(batchItemFailures).toHaveLength(1);
  expect(wiring.letters).toEqual([]);
});

it('the handler of an external effect is not called if the record has a later format', async () => {
  const wiring = fakeWiring();
  const message = () => sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'first' }));
  await shop(wiring, atLeast, () => {})(message(), remaining());
  const record = { ...wiring.memory.records.get(shopKey('1')), format: 2 } as StoredRecord;
  wiring.memory.records.set(shopKey('1'), record);
  const { batchItemFailures } = await shop(wiring, atLeast, refuses)(message(), remaining());
  expect(batchItemFailures).toHaveLength(1);
  expect(wiring.letters).toEqual([]);
});
