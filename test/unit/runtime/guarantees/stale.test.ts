import fc from 'fast-check';
import { type OrderEvent, parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import { tombstoneAttribute } from '../../../../contract/record/record-attributes.ts';
import {
  createConsumer,
  type Effect,
  exactlyOnce,
  increment,
  putIfNewer,
  remove,
  removeIfNewer,
} from '../../../../runtime/index.ts';
import type { Fault } from '../../../support/faulty-store.ts';
import { anOrder } from '../../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

const version = 'sequence';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const versionedPut = (orderId: string, sequence: string) =>
  putIfNewer('orders', { orderId, sequence, by: `event ${sequence}` }, { version });

/** Order `a` as the event says it, and how often something was applied beside it. */
const handle = ({ sequence, type }: OrderEvent): readonly Effect[] => [
  increment('ledger', { orderId: 'all' }, { times: 1 }),
  type === 'order.cancelled'
    ? removeIfNewer('orders', { orderId: 'a', sequence }, { version })
    : versionedPut('a', sequence),
  versionedPut(`own-${sequence}`, sequence),
];

function anEvent(sequence: string, over: Partial<OrderEvent> = {}): OrderEvent {
  return anOrder({ id: `event-${sequence}`, sequence, ...over });
}

async function deliver(event: OrderEvent, effects = handle, messageId = `m-${event.sequence}`) {
  const consumer = createConsumer(
    { name: 'orders', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: effects },
    wiring,
  );
  const { batchItemFailures } = await consumer(sqsEvent(sqsRecord(event, { messageId })), remaining());
  const { outcome, stale, code, appliedWith } =
    wiring.logged.findLast(({ message }) => message === 'delivery') ?? {};
  return { acknowledged: batchItemFailures.length === 0, outcome, stale, code, appliedWith };
}

/** Runs what comes before each of the next commits: `undefined` lets one pass. */
const onCommits = (...steps: (Fault | undefined)[]) =>
  wiring.store.befall('commit', ...steps.map((step) => step ?? (() => {})));

const order = (orderId = 'a') => wiring.memory.tables.item('orders', { orderId });
const times = () => wiring.memory.tables.item('ledger', { orderId: 'all' })?.times;
const resultOf = (sequence: string) =>
  JSON.parse(wiring.memory.records.get(`orders#urn:test#event-${sequence}`)?.result ?? 'null');

describe('an event that arrives late', () => {
  it('is applied without its stale effect, in two round trips, and its record lists that effect', async () => {
    await deliver(anEvent('7'));
    expect(wiring.store.calls).toEqual(['commit']);
    await expect(deliver(anEvent('5'))).resolves.toMatchObject({
      outcome: 'applied',
      stale: 1,
      acknowledged: true,
    });
    expect(wiring.store.calls).toEqual(['commit', 'commit', 'commit']);
    expect(order()).toMatchObject({ sequence: 7 });
    expect(order('own-5')).toMatchObject({ sequence: 5 });
    expect(times()).toBe(2);
    expect(resultOf('5')).toEqual({ stale: [{ effect: 2, table: 'orders', version: '5', held: '7' }] });
    expect(resultOf('7')).toBeNull();
  });

  it('is counted as applied and as stale', async () => {
    await deliver(anEvent('7'));
    await deliver(anEvent('5'));
    const metrics = wiring.logged.filter((line) => '_aws' in line);
    expect(metrics[0]).toMatchObject({ Applied: 1 });
    expect(metrics[0]).not.toHaveProperty('Stale');
    expect(metrics[1]).toMatchObject({ Applied: 1, Stale: 1 });
  });

  it('is a duplicate when it is delivered again, stale or not', async () => {
    await deliver(anEvent('7'));
    await deliver(anEvent('5'));
    await expect(deliver(anEvent('5'), handle, 'again')).resolves.toMatchObject({
      outcome: 'duplicate',
      appliedWith: 'm-5',
    });
    expect(times()).toBe(2);
  });

  it('has one more stale effect if a newer event arrives between its two commits', async () => {
    // GIVEN that order a is newer, and order b becomes so
    await deliver(anEvent('7'));
    const both = ({ sequence }: OrderEvent) => [versionedPut('a', sequence), versionedPut('b', sequence)];
    const own = (event: OrderEvent) => [
      ...both(event),
      increment('ledger', { orderId: 'all' }, { times: 1 }),
    ];
    onCommits(undefined, () => wiring.memory.tables.apply([versionedPut('b', '9')]));
    await expect(deliver(anEvent('5'), own)).resolves.toMatchObject({ outcome: 'applied', stale: 2 });
    // THEN
    expect(order('b')).toMatchObject({ sequence: 9 });
    expect(resultOf('5').stale).toEqual([
      { effect: 1, table: 'orders', version: '5', held: '7' },
      { effect: 2, table: 'orders', version: '5', held: '9' },
    ]);
    expect(times()).toBe(2);
  });

  it('ends as if it had come before the removal, if the item is removed between its two commits', async () => {
    await deliver(anEvent('7'));
    onCommits(undefined, () => wiring.memory.tables.apply([remove('orders', { orderId: 'a' })]));
    await expect(deliver(anEvent('5'))).resolves.toMatchObject({ outcome: 'applied', stale: 1 });
    expect(order()).toBeUndefined();
    expect(times()).toBe(2);
  });

  it('has an effect applied in its next delivery if that effect is no longer stale', async () => {
    // GIVEN a first delivery that found an effect to be stale, and could not commit the rest
    await deliver(anEvent('7'));
    onCommits(undefined, 'down');
    await expect(deliver(anEvent('5'))).resolves.toMatchObject({ outcome: 'failed', acknowledged: false });
    expect(times()).toBe(1);
    wiring.memory.tables.apply([remove('orders', { orderId: 'a' })]);
    // THEN the next one asks anew
    await expect(deliver(anEvent('5'))).resolves.toMatchObject({ outcome: 'applied', stale: undefined });
    expect(order()).toMatchObject({ sequence: 5 });
  });

  it.each<readonly [string, Fault[], number | undefined]>([
    ['the second commit', ['undecided'], 1],
    ['the second commit, once it was contended', ['contended', 'undecided'], 1],
  ])('recognises %s if the answer was lost', async (_, faults, stale) => {
    await deliver(anEvent('7'));
    onCommits(undefined, ...faults);
    await expect(deliver(anEvent('5'))).resolves.toMatchObject({
      outcome: 'applied',
      stale,
      acknowledged: true,
    });
    expect(times()).toBe(2);
  });

  it('does not treat its own first commit as newer data if the answer was lost', async () => {
    onCommits('undecided');
    await expect(deliver(anEvent('5'))).resolves.toMatchObject({ outcome: 'applied', stale: undefined });
    expect(order()).toMatchObject({ sequence: 5, by: 'event 5' });
    expect(resultOf('5')).toBeNull();
    expect(times()).toBe(1);
  });

  it('counts the stale effects of its record, if an earlier try takes effect late and finds fewer', async () => {
    // GIVEN a first commit that is under way for so long that it is tried again
    const { commit } = wiring.memory;
    const late: (() => Promise<unknown>)[] = [];
    wiring.memory.commit = async (...args) => {
      late.push(() => commit(...args));
      wiring.memory.commit = commit;
      return { kind: 'contended', cause: new Error('no answer') };
    };
    onCommits(
      undefined,
      // WHEN the second try finds something newer, which is removed before the first one arrives
      () => wiring.memory.tables.apply([versionedPut('a', '7')]),
      async () => {
        wiring.memory.tables.apply([remove('orders', { orderId: 'a' })]);
        await late[0]?.();
      },
    );
    // THEN
    await expect(deliver(anEvent('5'))).resolves.toMatchObject({ outcome: 'applied', stale: undefined });
    expect(resultOf('5')).toBeNull();
    expect(order()).toMatchObject({ sequence: 5 });
    expect(times()).toBe(1);
  });

  it('makes its message wait if its time ends between the two commits', async () => {
    await deliver(anEvent('7'));
    onCommits(() => {
      wiring.clock.time += 29_800;
    });
    await expect(deliver(anEvent('5'))).resolves.toMatchObject({
      outcome: 'failed',
      code: 'STORE_BUSY',
      acknowledged: false,
    });
    expect(times()).toBe(1);
  });
});

describe('events in any order', () => {
  const events = fc.uniqueArray(
    fc.record({
      sequence: fc.oneof(
        fc.nat(30).map(String),
        fc.bigInt({ min: 10n ** 37n, max: 10n ** 38n - 1n }).map(String),
      ),
      type: fc.constantFrom('order.placed', 'order.placed', 'order.cancelled'),
      again: fc.boolean(),
      faults: fc.array(fc.constantFrom<Fault>('contended', 'undecided', 'down', 'lost'), { maxLength: 3 }),
    }),
    { selector: ({ sequence }) => BigInt(sequence), minLength: 1, maxLength: 10 },
  );

  it('end at the highest version, and all other effects happen once for each event', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (history) => {
        wiring = fakeWiring();
        for (const { sequence, type, again, faults } of history) {
          const event = anEvent(sequence, { type: type as OrderEvent['type'] });
          wiring.store.befall('commit', ...faults);
          await deliver(event);
          if (again) await deliver(event, handle, 'again');
          wiring.store.recover();
          await deliver(event);
        }
        const last = history.reduce((a, b) => (BigInt(b.sequence) > BigInt(a.sequence) ? b : a));
        const removed = last.type === 'order.cancelled';
        expect(String(order()?.sequence)).toBe(String(BigInt(last.sequence)));
        expect(order()?.[tombstoneAttribute]).toBe(removed ? true : undefined);
        expect(order()?.by).toBe(removed ? undefined : `event ${last.sequence}`);
        expect(times()).toBe(history.length);
        for (const { sequence } of history) expect(order(`own-${sequence}`)).toBeDefined();
        // What the records call stale is what came after something newer.
        let highest = -1n;
        for (const { sequence } of history) {
          const isLate = BigInt(sequence) < highest;
          expect(resultOf(sequence)?.stale.length ?? 0).toBe(isLate ? 1 : 0);
          if (!isLate) highest = BigInt(sequence);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
