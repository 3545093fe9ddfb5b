import type { Expiry } from '../workloads/plan.ts';
import type { World } from '../world/world.ts';
import type { RunStore } from './store.ts';

export interface Deletion extends Pick<Expiry, 'deleted'> {
  /** When events come again, in ms since the epoch, and for how long, in ms. */
  readonly start: number;
  readonly duration: number;
}

/**
 * DynamoDB's TTL: it deletes what has expired, some time after that (AWS: "Using time to live", typically within a few
 * days). The one place of a run that touches a record, and it looks at nothing but the expiration.
 */
export function expire(world: World, { records }: RunStore, { deleted, start, duration }: Deletion): void {
  for (const [key, { expiration }] of records) {
    if (expiration === undefined) continue;
    const late = deleted === 'late' ? duration : world.chance.below(duration);
    const time = deleted === 'on time' ? expiration * 1000 : start + late;
    world.scheduler.at(time, () => {
      // Somebody may have begun another life in it.
      if (records.get(key)?.expiration !== expiration) return;
      records.delete(key);
      world.faults.count(deleted === 'on time' ? 'TTL on time' : 'TTL late');
      world.note('table', `deletes ${key}`);
    });
  }
}
