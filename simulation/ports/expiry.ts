import type { Expiry } from '../workloads/plan.ts';
import type { World } from '../world/world.ts';
import type { RunStore } from './store.ts';

export interface Deletion extends Pick<Expiry, 'deleted'> {
  /** When events start to arrive again, in ms since the epoch. */
  readonly start: number;
  /** How long they arrive, in ms. */
  readonly duration: number;
}

/**
 * DynamoDB's TTL: it deletes expired records, typically within a few days (AWS: "Using time to live"). It looks only at
 * their expiration.
 */
export function expire(world: World, { records }: RunStore, { deleted, start, duration }: Deletion): void {
  for (const [key, { expiration }] of records) {
    if (expiration === undefined) continue;
    const late = deleted === 'late' ? duration : world.chance.below(duration);
    const time = deleted === 'on time' ? expiration * 1000 : start + late;
    world.scheduler.at(time, () => {
      // A delivery may have replaced the expired record by a new one.
      if (records.get(key)?.expiration !== expiration) return;
      records.delete(key);
      world.faults.count(deleted === 'on time' ? 'TTL on time' : 'TTL late');
      world.note('table', `deletes ${key}`);
    });
  }
}
