import type { DeliveryLog } from '../../contract/reporting/delivery-log.ts';
import type { Delivery, StoredRecord } from '../../runtime/ports/record-store.ts';
import type { World } from '../world/world.ts';

/**
 * The exact number of attempts of a failing event, and their minimum time in ms. The oracle has its own numbers, so
 * that a change of the code's numbers is detected.
 */
export const granted = { attempts: 5, time: 60_000 };

/**
 * Allowed difference between a delivery's time and the oracle's, in ms: two clocks within the allowed skew, and a step
 * of the run.
 */
const slack = 10_000;

/** Checks the count of attempts: at most once per delivery, and not beyond the point at which the event is given up. */
export class Attempts {
  readonly #world: World;
  /** By message id: first receive, in ms since the epoch. */
  readonly #received = new Map<string, number>();
  /** By idempotency key: time of the record's first attempt since it was created or quarantined. */
  readonly #since = new Map<string, number>();
  /** By record and owner token: number of attempts that the delivery's writes have added. */
  readonly #added = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  delivered(messageId: string): void {
    if (!this.#received.has(messageId)) this.#received.set(messageId, this.#world.now);
  }

  /** When a message was given first, in ms since the epoch. */
  receivedAt(messageId: string): number {
    return this.#received.get(messageId) ?? 0;
  }

  /** Records have expired. */
  beginLife(): void {
    this.#since.clear();
  }

  /** Checks a delivery's change of a record. @returns The violation, or `undefined`. */
  wrote(
    mine: Delivery,
    before: StoredRecord | undefined,
    after: StoredRecord | undefined,
  ): string | undefined {
    const { id, ownerToken: attempt } = mine;
    const attempts = after?.attempts ?? 0;
    // What an operator sends again keeps its count, and its minute starts anew.
    const isSentAgain = before?.status === 'OUTCOME_UNKNOWN' && after?.status === 'INPROGRESS';
    if (attempts === 0) this.#since.delete(id);
    else if (isSentAgain || !this.#since.has(id)) this.#since.set(id, this.#world.now);
    if (after?.status === 'QUARANTINED') return undefined;
    const isExpired = before?.expiration !== undefined && before.expiration <= mine.now / 1000;
    const place = `${id} ${attempt}`;
    const added =
      attempts - ((isExpired ? undefined : before?.attempts) ?? 0) + (this.#added.get(place) ?? 0);
    this.#added.set(place, added);
    // A known limit: a count that takes effect after its caller has ended is one too many.
    const late = this.#world.interrupted.get(id) ?? 0;
    return added > 1 + late ? `it has counted ${added} attempts` : undefined;
  }

  /**
   * Checks a message that stays because an attempt failed and attempts are left, according to its log line.
   * @returns The violation, or `undefined`.
   */
  stays(key: string, { attempts = 0, messageId }: DeliveryLog): string | undefined {
    if (attempts < granted.attempts) return undefined;
    const { now } = this.#world;
    const time = now - Math.max(this.#since.get(key) ?? now, this.#received.get(messageId) ?? now);
    if (time < granted.time + slack) return undefined;
    return `is tried again after ${attempts} attempts in ${Math.round(time / 1000)} s`;
  }
}
