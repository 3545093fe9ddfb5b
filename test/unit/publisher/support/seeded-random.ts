import type { Random } from '../../../../contract/random.ts';

/** Mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed;
  let uuids = 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, uuid: () => `${seed}-${uuids++}` };
}
