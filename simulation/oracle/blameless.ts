import type { World } from '../world/world.ts';

/**
 * Maximum number of events that a consumer may give up because of a deployment that fails every event. The oracle has
 * its own number, so that a change of the code's number is detected.
 */
const granted = 20;

/** Checks the events that are given up while every event fails. */
export class Blameless {
  readonly #world: World;
  /** Idempotency keys by consumer. */
  readonly #givenUp = new Map<string, Set<string>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A copy arrived in the dead-letter queue. @param code The reason's code. */
  givenUp(consumer: string, key: string, code: string): void {
    if (code !== 'ATTEMPTS_EXHAUSTED') return;
    const keys = this.#givenUp.get(consumer) ?? new Set();
    this.#givenUp.set(consumer, keys.add(key));
    if (keys.size === granted + 1) {
      this.#world.violated(`${consumer} gave up ${keys.size} events for a deployment that fails every event`);
    }
  }
}
