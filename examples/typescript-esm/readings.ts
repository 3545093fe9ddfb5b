import { createConsumer, exactlyOnce, increment, putIfNewer } from 'order-once';
import * as v from 'valibot';

/** The readings of electricity meters: the latest of each meter, and how many it sent. */
export const handler = createConsumer({
  guarantee: exactlyOnce(),
  events: {
    'meter.read': v.object({ kilowattHours: v.number(), readAt: v.pipe(v.string(), v.isoTimestamp()) }),
  },
  tables: { latest: 'meter', counts: 'meter' },
  handle: ({ partitionkey: meter, data }, { tables }) => [
    // A reading that arrives late does not replace a newer one, but it counts.
    putIfNewer(tables.latest, { meter, ...data, version: Date.parse(data.readAt) }, { version: 'version' }),
    increment(tables.counts, { meter }, { readings: 1 }),
  ],
});
