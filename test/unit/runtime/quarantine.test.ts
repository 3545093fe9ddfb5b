import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  exactlyOnce,
  type Guarantee,
  increment,
  PermanentError,
} from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { settled } from '../../support/timeline.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

let wiring: FakeWiring;
let happened: number;
beforeEach(() => {
  wiring = fakeWiring();
  happened = 0;
});

const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY }) },
  { name: 'at-most-once', guarantee: atMostOnce() },
] as const;

const key = 'shop#urn:test#event-of-536365';
const record = () => wiring.memory.records.get(key);
const refuses = () => {
  throw new PermanentError('no such account');
};
const lastLog = () => wiring.logged.findLast(({ message }) => message === 'delivery');

/** A delivery of one event to a consumer whose handler does `act` first. */
async function deliver(
  guarantee: Guarantee<'effects'> | Guarantee<'external'>,
  messageId: string,
  act: () => void = () => {},
  body: unknown = anOrder(),
) {
  const base = { name: 'shop', parse: parseOrderEvent };
  const consumer =
    guarantee.kind === 'external'
      ? createConsumer(
          {
            ...base,
            guarantee,
            handle: async () => {
              act();
              happened += 1;
            },
          },
          wiring,
        )
      : createConsumer(
          {
            ...base,
            guarantee,
            handle: () => {
              act();
              return [increment('ledger', { orderId: '536365' }, { times: 1 })];
            },
          },
          wiring,
        );
  const { batchItemFailures } = await consumer(
    sqsEvent(sqsRecord(body, { messageId, receiveCount: 1 })),
    remaining(),
  );
  if (guarantee.kind === 'effects') {
    happened = Number(wiring.memory.tables.item('ledger', { orderId: '536365' })?.times ?? 0);
  }
  return { acknowledged: batchItemFailures.length === 0 };
}

describe.each(guarantees)('an event that is poison under $name', ({ guarantee }) => {
  it('is copied with all known fields, then recorded for its message, then acknowledged', async () => {
    await expect(deliver(guarantee, 'm1', refuses)).resolves.toEqual({ acknowledged: true });
    const [letter] = wiring.letters;
    expect(JSON.parse(letter?.attributes['dead-letter-reason']?.StringValue ?? '')).toEqual({
      code: 'PERMANENT',
      message: 'no such account',
      consumer: 'shop',
      messageGroup: 'customer-17850',
      sequence: '1',
      firstReceived: 1_700_000_000_001,
    });
    expect(letter).toMatchObject({ deduplicationId: 'm1', attributes: { 'first-published': {} } });
    expect(record()).toMatchObject({ status: 'QUARANTINED', messageId: 'm1', attempts: 0 });
  });

  it('is acknowledged when the same message is delivered again, and runs at each of three redrives', async () => {
    await deliver(guarantee, 'm1', refuses);
    for (const messageId of ['redriven-1', 'redriven-2']) {
      await deliver(guarantee, messageId, refuses);
      expect(record()).toMatchObject({ status: 'QUARANTINED', messageId });
    }
    await expect(deliver(guarantee, 'redriven-2')).resolves.toEqual({ acknowledged: true });
    expect(lastLog()).toMatchObject({ outcome: 'poison', code: 'QUARANTINED', reason: 'no such account' });
    expect(happened).toBe(0);
    await deliver(guarantee, 'redriven-3');
    expect(record()).toMatchObject({ status: 'COMPLETED', messageId: 'redriven-3' });
    await deliver(guarantee, 'redriven-4');
    expect(happened).toBe(1);
    expect(wiring.letters.map(({ deduplicationId }) => deduplicationId)).toEqual([
      'm1',
      'redriven-1',
      'redriven-2',
    ]);
  });

  it('has its record written after its copy, and no record without a copy', async () => {
    wiring = fakeWiring({ deadLetters: { send: () => Promise.reject(new Error('no answer')) } });
    await expect(deliver(guarantee, 'm1', refuses)).resolves.toEqual({ acknowledged: false });
    expect(record()?.status).not.toBe('QUARANTINED');
  });

  it.each([
    'dies before',
    'dies after',
  ] as const)('is safe where its process %s its record is written: copied, and run by a redrive', async (crash) => {
    // GIVEN a process that ends with its copy sent
    wiring.store.befall('quarantine', crash);
    void deliver(guarantee, 'm1', refuses);
    await settled();
    expect(wiring.letters).toHaveLength(1);
    // WHEN the message comes again
    await expect(deliver(guarantee, 'm1', refuses)).resolves.toEqual({ acknowledged: true });
    // THEN any second copy is one that the queue drops, and nothing has happened
    expect(new Set(wiring.letters.map(({ deduplicationId }) => deduplicationId))).toEqual(new Set(['m1']));
    expect(record()).toMatchObject({ status: 'QUARANTINED', messageId: 'm1' });
    expect(happened).toBe(0);
    await deliver(guarantee, 'redriven');
    expect(happened).toBe(1);
  });

  it('stays in its queue if its record cannot be written', async () => {
    wiring.store.befall('quarantine', 'down');
    await expect(deliver(guarantee, 'm1', refuses)).resolves.toEqual({ acknowledged: false });
    expect(lastLog()).toMatchObject({ outcome: 'failed' });
  });

  it('is recorded once if the answer of the write was lost', async () => {
    wiring.store.befall('quarantine', 'undecided', 'contended');
    await expect(deliver(guarantee, 'm1', refuses)).resolves.toEqual({ acknowledged: true });
    expect(record()).toMatchObject({ status: 'QUARANTINED', messageId: 'm1' });
  });
});

it.each([
  ['has no identity', '{'],
  ['has other content than its first delivery', anOrder({}, { total: 99 })],
])('a message that %s is only copied', async (_, body) => {
  await deliver(exactlyOnce(), 'm0');
  const before = record();
  await expect(deliver(exactlyOnce(), 'm1', () => {}, body)).resolves.toEqual({ acknowledged: true });
  expect(wiring.letters).toHaveLength(1);
  expect(wiring.memory.records.size).toBe(1);
  expect(record()).toEqual(before);
  expect(wiring.store.calls).not.toContain('quarantine');
});

it('a refused event that another guarantee left unfinished becomes an unknown outcome', async () => {
  await deliver(atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY }), 'm1', () => {
    throw new Error('socket hang up');
  });
  await expect(deliver(exactlyOnce(), 'm1', refuses)).resolves.toEqual({ acknowledged: true });
  expect(wiring.letters).toEqual([]);
  expect(record()).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
  expect(happened).toBe(0);
});
