import fc from 'fast-check';
import { type Random, systemRandom } from '../../../contract/random.ts';
import { scheduleGroups } from '../../../runtime/consumer/group-scheduler.ts';
import { FakeRandom } from '../../support/wiring.ts';

interface Item {
  readonly id: string;
  readonly group: string;
  readonly receiveCount: number;
  readonly isSuspect: boolean;
  readonly ok: boolean;
  readonly ticks: number;
  /** How many it is worked on together with, at most. */
  readonly others: number;
}

const anItem = (over: Partial<Item>): Item => ({
  id: '1',
  group: 'a',
  receiveCount: 1,
  isSuspect: (over.receiveCount ?? 1) >= 3,
  ok: true,
  ticks: 0,
  others: 0,
  ...over,
});

const batches = fc
  .array(
    fc.record({
      group: fc.constantFrom('a', 'b', 'c'),
      receiveCount: fc.integer({ min: 1, max: 5 }),
      ok: fc.boolean(),
      ticks: fc.nat(4),
      others: fc.nat(4),
    }),
    { maxLength: 10 },
  )
  .map((items) => items.map((item, index): Item => anItem({ ...item, id: String(index) })));

async function run(
  batch: readonly Item[],
  mayStart: (leavingHalf: boolean) => boolean = () => true,
  concurrency = 10,
  random: Random = new FakeRandom(),
) {
  let most = 0;
  const begun: Item[] = [];
  const postponed: (readonly [string[], boolean])[] = [];
  const working = new Set<string>();
  const isolated: number[] = [];
  const response = await scheduleGroups(batch, {
    mostToStart: (leavingHalf) => (mayStart(leavingHalf) ? Number.POSITIVE_INFINITY : 0),
    concurrency,
    random,
    isolate: async () => {
      if (working.size > 0) throw new Error('a suspect was isolated beside others');
      isolated.push(begun.length);
    },
    postpone: async (rest, advanced) => {
      postponed.push([rest.map(({ id }) => id), advanced]);
    },
    deliver: async (messages) => {
      const [item] = messages;
      if (messages.length > 1 && messages.some(({ isSuspect }) => isSuspect))
        throw new Error('a suspect among others');
      if (messages.some(({ group }) => group !== item.group)) throw new Error('two groups at once');
      if (working.has(item.group)) throw new Error(`two of group ${item.group} at once`);
      working.add(item.group);
      if (item.isSuspect && working.size > 1) throw new Error('a suspect began beside others');
      most = Math.max(most, working.size);
      const failing = messages.findIndex(({ ok }) => !ok);
      const settled = messages.slice(
        0,
        failing === -1 ? item.others + 1 : Math.min(failing, item.others + 1),
      );
      begun.push(...settled);
      const stops = settled.length === failing;
      if (stops) begun.push(messages[failing] ?? item);
      for (let i = 0; i < item.ticks; i++) await Promise.resolve();
      working.delete(item.group);
      return { settled: settled.length, stops };
    },
  });
  return {
    begun,
    postponed,
    isolated,
    most,
    failed: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
  };
}

describe('scheduleGroups', () => {
  it('keeps order inside each group and returns exactly the first failure of a group and what follows it', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 4 }), async (batch, concurrency) => {
        const { begun, failed, most } = await run(batch, () => true, concurrency);
        expect(most).toBeLessThanOrEqual(concurrency);
        for (const group of ['a', 'b', 'c']) {
          const all = batch.filter((item) => item.group === group);
          const first = all.findIndex(({ ok }) => !ok);
          const expected = first === -1 ? all : all.slice(0, first + 1);
          expect(begun.filter((item) => item.group === group)).toEqual(expected);
          const left = first === -1 ? [] : all.slice(first).map(({ id }) => id);
          expect(failed.filter((id) => batch[Number(id)]?.group === group)).toEqual(left);
        }
      }),
    );
  });

  it('handles several groups at once', async () => {
    // GIVEN a head that finishes only after the other group's head has begun
    let release = () => {};
    const begun = new Promise<void>((resolve) => {
      release = resolve;
    });
    const batch = [anItem({ id: '1', group: 'a' }), anItem({ id: '2', group: 'b' })];
    const response = await scheduleGroups(batch, {
      concurrency: 2,
      mostToStart: () => 1,
      postpone: async () => {},
      isolate: async () => {},
      random: new FakeRandom(),
      deliver: async ([{ id }]) => {
        if (id === '2') release();
        await begun;
        return { settled: 1, stops: false };
      },
    });
    expect(response.batchItemFailures).toEqual([]);
  });

  it('accepts any concurrency, and starts no more work than there are groups', async () => {
    const batch = ['1', '2'].map((id) => anItem({ id, group: id, ticks: 1 }));
    await expect(run(batch, () => true, Number.MAX_SAFE_INTEGER)).resolves.toMatchObject({
      failed: [],
      most: 2,
    });
  });

  it('passes on as many messages of a group as the time allows', async () => {
    const together: number[] = [];
    const times = [1, 2, Number.POSITIVE_INFINITY];
    const batch = ['1', '2', '3', '4', '5'].map((id) => anItem({ id }));
    await scheduleGroups(batch, {
      concurrency: 1,
      mostToStart: () => times.shift() ?? 0,
      postpone: async () => {},
      isolate: async () => {},
      random: new FakeRandom(),
      deliver: async (messages) => {
        together.push(messages.length);
        return { settled: messages.length, stops: false };
      },
    });
    expect(together).toEqual([1, 2, 2]);
  });

  it('returns messages that it had no time to start as failures', async () => {
    const batch = ['1', '2', '3'].map((id) => anItem({ id }));
    let calls = 0;
    const { begun, failed, postponed } = await run(batch, () => calls++ < 1);
    expect(begun.map(({ id }) => id)).toEqual(['1']);
    expect(failed).toEqual(['2', '3']);
    expect(postponed).toEqual([[['2', '3'], true]]);
  });

  it('starts each suspect alone, after all other messages, the fewest receives first', async () => {
    const batch = [
      anItem({ id: 'a1', group: 'a', receiveCount: 7 }),
      anItem({ id: 'b1', group: 'b', receiveCount: 2, ticks: 3 }),
      anItem({ id: 'b2', group: 'b', receiveCount: 4 }),
      anItem({ id: 'c1', group: 'c', receiveCount: 3, ok: false }),
      anItem({ id: 'd1', group: 'd', ticks: 9 }),
      anItem({ id: 'a2', group: 'a', receiveCount: 1 }),
    ];
    const { begun, isolated, failed } = await run(batch);
    expect(begun.map(({ id }) => id)).toEqual(['b1', 'd1', 'c1', 'b2', 'a1', 'a2']);
    expect(isolated).toEqual([2, 3, 4]);
    expect(failed).toEqual(['c1']);
  });

  it('leaves half of the time to waiting suspects, and no time if no suspect waits', async () => {
    // GIVEN an invocation of which half is over, and a message behind the suspect with the fewest receives
    const batch = [
      anItem({ id: 'a1', group: 'a', receiveCount: 3 }),
      anItem({ id: 'a2', group: 'a' }),
      anItem({ id: 'b1', group: 'b', receiveCount: 4 }),
      anItem({ id: 'b2', group: 'b' }),
    ];
    // WHEN the suspects have had their turns
    const { begun, postponed } = await run(batch, (leavingHalf) => !leavingHalf);
    // THEN the message behind the first one waited for the other suspect, and that behind the last one for nobody
    expect(begun.map(({ id }) => id)).toEqual(['a1', 'b1', 'b2']);
    expect(postponed).toEqual([[['a2'], true]]);
  });

  it('runs suspects with equal receives in random order, so that each one is first at some time', async () => {
    const firsts = new Set<string | undefined>();
    const batch = ['1', '2', '3'].map((id) => anItem({ id, group: id, receiveCount: 3 }));
    for (let n = 0; n < 100; n++) {
      const { begun } = await run(batch, () => true, 10, systemRandom);
      firsts.add(begun[0]?.id);
    }
    expect([...firsts].sort()).toEqual(['1', '2', '3']);
  });
});
