import { randomUUID } from 'node:crypto';

/** The source of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A new UUID (v4). */
  uuid(): string;
}

export const systemRandom: Random = {
  next: () => Math.random(),
  uuid: () => randomUUID(),
};
