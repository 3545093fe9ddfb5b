import * as v from 'valibot';
import {
  createConsumer,
  exactlyOnce,
  increment,
  PermanentError,
  put,
  putIfNewer,
  remove,
  removeIfNewer,
} from '../../../../runtime/index.ts';

const seat = v.object({ seat: v.string() });

/** A consumer whose handler returns an effect of each kind that a construct can grant. */
export const handler = createConsumer({
  guarantee: exactlyOnce(),
  events: { 'seat.booked': seat, 'seat.freed': seat, 'seat.broken': seat },
  tables: { seats: 'seat', halls: 'hall' },
  handle: ({ type, data, partitionkey: hall }, { tables }) => {
    switch (type) {
      case 'seat.booked':
        return [
          put(tables.seats, { seat: data.seat }),
          putIfNewer(tables.halls, { hall, version: 1 }, { version: 'version' }),
          increment(tables.halls, { hall: `${hall}/sold` }, { sold: 1 }),
        ];
      case 'seat.freed':
        return [
          remove(tables.seats, { seat: data.seat }),
          removeIfNewer(tables.halls, { hall, version: 2 }, { version: 'version' }),
        ];
      default:
        throw new PermanentError('The seat is broken');
    }
  },
});
