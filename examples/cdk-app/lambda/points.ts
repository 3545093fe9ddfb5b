import { createConsumer, exactlyOnce, increment } from 'order-once/runtime';
import { z } from 'zod';

/** A point for each whole euro; a return takes them back. */
export const handler = createConsumer({
  guarantee: exactlyOnce(),
  events: {
    'purchase.made': z.object({ euros: z.number() }),
    'purchase.returned': z.object({ euros: z.number() }),
  },
  tables: { members: 'member' },
  handle: ({ type, partitionkey: member, data }, { tables }) => {
    const points = Math.floor(data.euros) * (type === 'purchase.made' ? 1 : -1);
    return [increment(tables.members, { member }, { points })];
  },
});
