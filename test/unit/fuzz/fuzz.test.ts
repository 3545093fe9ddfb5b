import { targets } from '../../fuzz/targets.ts';

describe('whatever comes in', () => {
  it.each(targets)('$name holds what it promises', async ({ fuzz, runs }) => {
    // The same inputs each time; `npm run fuzz` tries others.
    expect(await fuzz({ runs, seed: 1 })).toBeUndefined();
  });
});
