/** An event of the type `seat.booked`, with changes. */
export function seatBooked(over: object = {}) {
  return {
    specversion: '1.0' as const,
    id: '1',
    source: '/halls',
    type: 'seat.booked',
    partitionkey: 'hall',
    data: { seat: '1A' },
    ...over,
  };
}

/** Id of the event's record, for a consumer with the name `bookings`. */
export const seatRecordId = 'bookings#/halls#1';
