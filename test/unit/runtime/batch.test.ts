import fc from 'fast-check';
import { processBatch } from '../../../runtime/batch.ts';

interface Item {
  readonly id: string;
  readonly group: string;
  readonly ok: boolean;
  readonly ticks: number;
}

const batches = fc
  .array(fc.record({ group: fc.constantFrom('a', 'b', 'c'), ok: fc.boolean(), ticks: fc.nat(4) }), {
    maxLength: 10,
  })
  .map((items) => items.map((item, index): Item => ({ ...item, id: String(index) })));

async function run(batch: readonly Item[], mayStart = () => true, groupsAtOnce = 10) {
  let most = 0;
  const begun: Item[] = [];
  const postponed: (readonly [string[], boolean])[] = [];
  const working = new Set<string>();
  const response = await processBatch(batch, {
    mayStart,
    groupsAtOnce,
    postpone: async (rest, advanced) => {
      postponed.push([rest.map(({ id }) => id), advanced]);
    },
    deliver: async (item) => {
      if (working.has(item.group)) throw new Error(`two of group ${item.group} at once`);
      working.add(item.group);
      most = Math.max(most, working.size);
      begun.push(item);
      for (let i = 0; i < item.ticks; i++) await Promise.resolve();
      working.delete(item.group);
      return item.ok;
    },
  });
  return {
    begun,
    postponed,
    most,
    failed: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
  };
}

describe('processBatch', () => {
  it('keeps order inside each group and returns exactly the first failure of a group and what follows it', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 4 }), async (batch, groupsAtOnce) => {
        const { begun, failed, most } = await run(batch, () => true, groupsAtOnce);
        expect(most).toBeLessThanOrEqual(groupsAtOnce);
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

  it('works on groups at once', async () => {
    // GIVEN a head that finishes only after the other group's head has begun
    let release = () => {};
    const begun = new Promise<void>((resolve) => {
      release = resolve;
    });
    const batch = [
      { id: '1', group: 'a' },
      { id: '2', group: 'b' },
    ];
    const response = await processBatch(batch, {
      groupsAtOnce: 2,
      mayStart: () => true,
      postpone: async () => {},
      deliver: async ({ id }) => {
        if (id === '2') release();
        await begun;
        return true;
      },
    });
    expect(response.batchItemFailures).toEqual([]);
  });

  it('takes any number of groups at once, and begins no more work than there are groups', async () => {
    const batch = ['1', '2'].map((id): Item => ({ id, group: id, ok: true, ticks: 1 }));
    await expect(run(batch, () => true, Number.MAX_SAFE_INTEGER)).resolves.toMatchObject({
      failed: [],
      most: 2,
    });
  });

  it('returns what it had no time to begin', async () => {
    const batch = ['1', '2', '3'].map((id): Item => ({ id, group: 'a', ok: true, ticks: 0 }));
    let calls = 0;
    const { begun, failed, postponed } = await run(batch, () => calls++ < 1);
    expect(begun.map(({ id }) => id)).toEqual(['1']);
    expect(failed).toEqual(['2', '3']);
    expect(postponed).toEqual([[['2', '3'], true]]);
  });
});
