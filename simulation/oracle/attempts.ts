import type { DeliveryLog } from '../../contract/reporting/delivery-log.ts';
import type { Delivery, StoredRecord } from '../../runtime/ports/record-store.ts';
import type { World } from '../world/world.ts';

/**
 * What an event that fails by itself is given at least, and at most: these attempts in that time, in ms. Numbers of the
 * oracle's own, which do not move with the code's.
 */
export const granted = { attempts: 5, time: 60_000 };

/** How far a delivery's time may be from the oracle's, in ms: two clocks that are near enough, and a step of the run. */
const slack = 10_000;

/** Watches how attempts are counted: once for a delivery, and not past the point at which their event is given up. */
export class Attempts {
  readonly #world: World;
  /** By message id: when it was given first, in ms since the epoch. */
  readonly #received = new Map<string, number>();
  /** By idempotency key: when its record had an attempt for the first time, since it was begun or quarantined. */
  readonly #since = new Map<string, number>();
  /** By record and the `attempt` of a delivery: how many attempts its writes have added. */
  readonly #added = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  delivered(messageId: string): void {
    if (!this.#received.has(messageId)) this.#received.set(messageId, this.#world.now);
  }

  /** Records have expired. */
  beginLife(): void {
    this.#since.clear();
  }

  /** A delivery changed a record. @returns What is wrong, `undefined` where nothing is. */
  wrote(
    mine: Delivery,
    before: StoredRecord | undefined,
    after: StoredRecord | undefined,
  ): string | undefined {
    const { id, ownerToken: attempt } = mine;
    const attempts = after?.attempts ?? 0;
    if (attempts === 0) this.#since.delete(id);
    else if (!this.#since.has(id)) this.#since.set(id, this.#world.now);
    if (after?.status === 'QUARANTINED') return undefined;
    const isExpired = before?.expiration !== undefined && before.expiration <= mine.now / 1000;
    const place = `${id} ${attempt}`;
    const added =
      attempts - ((isExpired ? undefined : before?.attempts) ?? 0) + (this.#added.get(place) ?? 0);
    this.#added.set(place, added);
    // Known: a count that takes effect when its caller is over counts for nobody, and once more.
    const late = this.#world.interrupted.get(id) ?? 0;
    return added > 1 + late ? `it has counted ${added} attempts` : undefined;
  }

  /**
   * A message stays since an attempt of its event failed and there are some left, as its log line says.
   * @returns What is wrong, `undefined` where nothing is.
   */
  stays(key: string, { attempts = 0, messageId }: DeliveryLog): string | undefined {
    if (attempts < granted.attempts) return undefined;
    const { now } = this.#world;
    const time = now - Math.max(this.#since.get(key) ?? now, this.#received.get(messageId) ?? now);
    if (time < granted.time + slack) return undefined;
    return `is tried again after ${attempts} attempts in ${Math.round(time / 1000)} s`;
  }
}
