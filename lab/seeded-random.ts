import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) that depends on its arguments alone, so that a second pass over the events decides as the
 * first did, without remembering anything.
 */
export function seededRandom(seed: number, purpose: string, index: number): number {
  const digest = createHash('sha256').update(`${seed} ${purpose} ${index}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
