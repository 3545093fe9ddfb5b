import type { World } from '../world/world.ts';

/**
 * How many events a consumer may give up for a deployment that fails every event: as many as tell that from faults of their
 * own. A number of the oracle's own, which does not move with the code's.
 */
const granted = 20;

/** Watches what is given up while every event fails, by no fault of its own. */
export class Blameless {
  readonly #world: World;
  /** By consumer: idempotency keys. */
  readonly #givenUp = new Map<string, Set<string>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A copy is in the dead-letter queue. @param code Why. */
  givenUp(consumer: string, key: string, code: string): void {
    if (code !== 'ATTEMPTS_EXHAUSTED') return;
    const keys = this.#givenUp.get(consumer) ?? new Set();
    this.#givenUp.set(consumer, keys.add(key));
    if (keys.size === granted + 1) {
      this.#world.violated(`${consumer} gave up ${keys.size} events for a deployment that fails every event`);
    }
  }
}
