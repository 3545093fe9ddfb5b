import { bodyKey } from '../../contract/event/identity.ts';
import { recordKey } from '../oracle/record-key.ts';
import type { Witness } from '../oracle/witness.ts';
import { type PlannedEvent, parserTroubles, type Trouble, troubleKinds } from '../workloads/planned-event.ts';
import type { World } from '../world/world.ts';
import type { ConsumerName } from './parts.ts';

/** The errors of handlers and parsers, as the plan says, until all are fixed. */
export class Troubles {
  /** Keys of the bodies over which a parser ended its process. */
  readonly lethalBodies = new Set<string>();
  /** Whether the deployed handlers fail on every event. */
  failsAll = false;
  /** Whether all handlers and parsers are fixed. */
  areFixed = false;
  readonly #world: World;
  readonly #witness: Witness;
  readonly #events: readonly PlannedEvent[];
  /** By consumer and event: number of calls, and of calls with an error. */
  readonly #calls = new Map<string, { asked: number; shown: number }>();

  constructor(world: World, witness: Witness, events: readonly PlannedEvent[]) {
    this.#world = world;
    this.#witness = witness;
    this.#events = events;
  }

  /**
   * The error of a consumer's handler, or of its parser, for this call.
   *
   * @param id Id of the event.
   * @param body For a parser: its body.
   */
  of(consumer: ConsumerName, id: string, body?: string): Trouble | undefined {
    const planned = this.#events.find(({ event }) => event.id === id);
    if (planned !== undefined && this.failsAll && body === undefined) {
      this.#world.faults.count('deployment that fails every event');
      this.#witness.failed(recordKey(consumer, planned.event));
      return 'fails';
    }
    const one = planned?.troubles.get(consumer);
    if (planned === undefined || one === undefined || this.areFixed) return undefined;
    const { trouble, times, after = 0 } = one;
    if (parserTroubles.has(trouble) !== (body !== undefined)) return undefined;
    const place = `${consumer} ${id}`;
    const { asked, shown } = this.#calls.get(place) ?? { asked: 0, shown: 0 };
    const shows = asked >= after && shown < times;
    this.#calls.set(place, { asked: asked + 1, shown: shown + Number(shows) });
    if (!shows) return undefined;
    this.#world.faults.count(troubleKinds[trouble]);
    if (trouble === 'kills its parser') this.lethalBodies.add(bodyKey(consumer, body as string));
    const key = body === undefined ? recordKey(consumer, planned.event) : bodyKey(consumer, body);
    if (body === undefined) this.#world.excuse(key, troubleKinds[trouble]);
    if (trouble !== 'refuses' && trouble !== 'refuses in its parser') this.#witness.failed(key);
    return trouble;
  }
}
