import { chargeFaultOf, type ProviderMode } from '../../../../lab/faults/provider/provider-faults.ts';

const seed = 7;

describe('chargeFaultOf', () => {
  const keys = Array.from({ length: 4000 }, (_, n) => `key-${n}`);
  const faults = (mode: ProviderMode, n: number, ofSeed = seed) =>
    keys.map((key) => chargeFaultOf(mode, ofSeed, key, n).fault);

  it.each([
    ['none', 0],
    ['slow', 0.03],
    ['hang', 0.03],
    ['fail-before', 0.03],
    ['fail-after', 0.03],
    ['forget', 0.03],
    ['mixed', 0.04],
  ] as const)('in mode %s strikes a share of %d of the first requests, and no third one', (mode, share) => {
    const struck = faults(mode, 1).filter((fault) => fault !== 'none').length / keys.length;
    expect(Math.abs(struck - share)).toBeLessThan(0.01);
    expect(new Set(faults(mode, 3))).toEqual(new Set(['none']));
  });

  it('returns every kind of fault in mode mixed', () => {
    expect(new Set(faults('mixed', 1))).toEqual(
      new Set(['none', 'slow', 'hang', 'fail-before', 'fail-after']),
    );
  });

  it('returns the same faults for the same seed, and others for another seed', () => {
    expect(faults('mixed', 1)).toEqual(faults('mixed', 1));
    expect(faults('mixed', 1)).not.toEqual(faults('mixed', 1, seed + 1));
  });
});
