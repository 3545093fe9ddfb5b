import { targets } from '../../fuzz/targets.ts';

describe('any input', () => {
  it.each(targets)('keeps the rules of the target $name', async ({ fuzz, runs }) => {
    // The same inputs each time; `npm run fuzz` tries others.
    expect(await fuzz({ runs, seed: 1 })).toBeUndefined();
  });
});
