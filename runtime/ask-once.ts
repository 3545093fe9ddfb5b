import type { CloudEvent } from '../contract/event.ts';
import type { Effect } from './effects.ts';
import type { EffectHandler } from './guarantees/guarantee.ts';

/**
 * Asks a handler once for the effects of an event, however often they are needed: what falls out of a fold is settled
 * alone after that, and what its handler failed with is why. For one invocation; the next one asks again.
 */
export class AskOnce<Event extends CloudEvent> {
  readonly #handle: EffectHandler<Event>;
  readonly #asked = new Map<Event, Promise<readonly Effect[]>>();

  constructor(handle: EffectHandler<Event>) {
    this.#handle = handle;
  }

  readonly handle = async (event: Event): Promise<readonly Effect[]> => {
    const known = this.#asked.get(event) ?? (async () => await this.#handle(event))();
    this.#asked.set(event, known);
    return await known;
  };

  /** When no handler is at work any more: a fold goes on without one that is slow, and its group may stop before it. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#asked.values());
  }
}
