import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) that depends only on its arguments. So a second pass over the events makes the same decisions as
 * the first one, without stored state.
 */
export function seededRandom(seed: number, purpose: string, index: number): number {
  const digest = createHash('sha256').update(`${seed} ${purpose} ${index}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
