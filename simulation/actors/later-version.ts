import { businessFingerprint } from '../../contract/event/fingerprint.ts';
import { knownFormat } from '../../contract/record/record-attributes.ts';
import type { StoredRecord } from '../../runtime/ports/record-store.ts';
import { recordKey } from '../oracle/record-key.ts';
import type { LaterVersion as Planned, PlannedEvent } from '../workloads/planned-event.ts';
import type { World } from '../world/world.ts';
import { type ConsumerName, deployableAs } from './parts.ts';

/** Owner token of the records that the later version writes. */
const laterToken = 'later';

/**
 * A later version of the consumers, which was rolled back. It left records of a later format, whose effects have not
 * happened yet. Only the later version can finish them.
 */
export class LaterVersion {
  readonly #world: World;
  readonly #records: Map<string, StoredRecord>;
  /** Ids of its records. */
  readonly #left: string[] = [];

  constructor(world: World, records: Map<string, StoredRecord>) {
    this.#world = world;
    this.#records = records;
  }

  /** Writes the records of these events, for every consumer. */
  leave(
    events: readonly PlannedEvent[],
    consumers: readonly ConsumerName[],
    { status }: Planned,
    recordTtlSeconds: number,
  ): void {
    const { now, faults } = this.#world;
    for (const { event } of events) {
      for (const consumer of consumers) {
        faults.count('record of a later version');
        const id = recordKey(consumer, event);
        this.#left.push(id);
        this.#records.set(id, {
          status,
          format: knownFormat + 1,
          fingerprint: businessFingerprint(event),
          ownerToken: laterToken,
          guarantee: deployableAs[consumer][0],
          messageId: 'of the later version',
          messageGroup: event.partitionkey,
          firstAttemptAt: now,
          attempts: 0,
          expiration: Math.floor(now / 1000) + recordTtlSeconds,
        });
      }
    }
  }

  /** It is deployed again, and releases its records in the known format, so that the next deliveries apply the events. */
  finish(): void {
    for (const id of this.#left) {
      const { format: _, ...record } = this.#records.get(id) as StoredRecord;
      if (record.ownerToken !== laterToken) {
        this.#world.violated(`a delivery changed the record ${id} of a later version`);
      } else this.#records.set(id, { ...record, status: 'RETRYING' });
    }
  }
}
