import * as v from 'valibot';
import type { CloudEvent } from '../../../../contract/event/event-parser.ts';
import { atLeastOnce, createConsumer, exactlyOnce, increment } from '../../../../runtime/index.ts';
import type { StoredRecord } from '../../../../runtime/ports/record-store.ts';
import { deliveriesOf } from '../../../support/deliver-orders.ts';
import { seatBooked, seatRecordId } from '../../../support/seats.ts';
import { type RecordOptions, remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const released = (over: object = {}) => seatBooked({ type: 'seat.released', ...over });
const text = (stringValue: string) => ({ dataType: 'String', stringValue });

interface Options {
  readonly ignore?: readonly string[] | 'others';
  readonly key?: (event: CloudEvent) => string;
}

async function deliver(
  record: RecordOptions = {},
  { ignore = ['seat.released'], key }: Options = {},
  event: object = released(),
) {
  const consumer = createConsumer(
    {
      name: 'bookings',
      events: { 'seat.booked': v.unknown() },
      ignore,
      ...(key !== undefined && { key }),
      guarantee: exactlyOnce(),
      handle: () => [increment('ledger', { orderId: 'all' }, { times: 1 })],
    },
    wiring,
  );
  return await consumer(sqsEvent(sqsRecord(event, record)), remaining());
}

const unfinished: Readonly<Record<string, Partial<StoredRecord>>> = {
  RETRYING: { status: 'RETRYING' },
  INPROGRESS: { status: 'INPROGRESS', leaseUntil: 0 },
  OUTCOME_UNKNOWN: { status: 'OUTCOME_UNKNOWN' },
  QUARANTINED: { status: 'QUARANTINED' },
};

function leave(record: Partial<StoredRecord>): void {
  const expiration = wiring.clock.now() / 1000 + 86_400;
  wiring.memory.records.set(seatRecordId, {
    fingerprint: '2:of-another-version',
    ...(record.status !== 'OUTCOME_UNKNOWN' && { expiration }),
    ...record,
  } as StoredRecord);
}

describe('a type that a consumer ignores', () => {
  it.each([
    ['by its name', ['seat.released'], 'seat.released'],
    ['as one of the others', 'others', 'constructor'],
  ] as const)('%s is acknowledged and counted, and costs one request that writes nothing', async (_, ignore, type) => {
    await expect(deliver({}, { ignore }, released({ type }))).resolves.toEqual({ batchItemFailures: [] });
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'ignored', eventType: type, eventId: '1' }]);
    expect(wiring.logged).toContainEqual(expect.objectContaining({ Ignored: 1 }));
    expect(wiring.store.calls).toHaveLength(1);
    expect(wiring.letters).toEqual([]);
    expect(wiring.memory.records.size).toBe(0);
  });

  it.each([
    1, 2, 3, 9,
  ])('is ignored at receive %d, if no record shows a started attempt', async (receiveCount) => {
    await expect(deliver({ receiveCount })).resolves.toEqual({ batchItemFailures: [] });
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'ignored' }]);
    expect(wiring.store.calls).toHaveLength(1);
    expect(wiring.memory.records.size).toBe(0);
  });

  it("is ignored if the consumer's key function fails on it", async () => {
    const key = ({ data }: CloudEvent) => (data as { seat: { id: string } }).seat.id.trim();
    await deliver({}, { key });
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'ignored' }]);
  });

  const comesAgain: readonly (readonly [string, RecordOptions])[] = [
    ['moved by SQS, then redriven as a new message without any attribute', {}],
    ['given again', { receiveCount: 2 }],
    ['given so often that it may end its process', { receiveCount: 3 }],
    ['sent again by an operator', { attributes: { 'resolved-attempt': text('a') } as never }],
    ['redriven', { attributes: { 'dead-letter-reason': text('{}') } as never }],
    ['moved by SQS and redriven', { attributes: { 'first-published': text('1699999000000') } as never }],
  ];
  describe.each(comesAgain)('in a message that was %s', (_, record) => {
    it.each(Object.keys(unfinished))('is poison if its record is %s', async (status) => {
      leave(unfinished[status] ?? {});
      const before = wiring.memory.records.get(seatRecordId);
      await expect(deliver(record)).resolves.toEqual({ batchItemFailures: [] });
      expect(deliveriesOf(wiring)).toMatchObject([
        { outcome: 'poison', code: 'UNHANDLED_TYPE', field: 'type' },
      ]);
      expect(wiring.letters).toHaveLength(1);
      expect(wiring.memory.records.get(seatRecordId)).toEqual(before);
    });

    it.each([
      ['COMPLETED', { status: 'COMPLETED' }],
      ['expired', { status: 'RETRYING', expiration: 1 }],
    ] as const)('is ignored if its record is %s', async (_, left) => {
      leave(left);
      await deliver(record);
      expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'ignored' }]);
    });
  });

  it.each([
    'COMPLETED',
    'RETRYING',
  ] as const)('waits if a later version left its record %s', async (status) => {
    leave({ status, format: 2 });
    await expect(deliver({ receiveCount: 2 })).resolves.toMatchObject({ batchItemFailures: [{}] });
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'failed', code: 'CONFIGURATION' }]);
    expect(wiring.letters).toEqual([]);
  });

  it('waits if its record cannot be read', async () => {
    wiring.memory.release = async () => {
      throw new Error('the store is down');
    };
    await expect(deliver({ receiveCount: 2 })).resolves.toMatchObject({ batchItemFailures: [{}] });
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'failed' }]);
    expect(wiring.letters).toEqual([]);
  });

  it('reads its record in the store of the guarantee', async () => {
    const { memory } = fakeWiring();
    const consumer = createConsumer(
      {
        name: 'bookings',
        events: { 'seat.booked': v.unknown() },
        ignore: 'others',
        guarantee: atLeastOnce({ providerKeyRetention: 86_400_000, store: memory }),
        handle: async () => {},
      },
      wiring,
    );
    leave({ status: 'RETRYING' });
    memory.records.set(seatRecordId, wiring.memory.records.get(seatRecordId) as StoredRecord);
    wiring.memory.records.clear();
    await consumer(sqsEvent(sqsRecord(released(), { receiveCount: 2 })), remaining());
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'poison', code: 'UNHANDLED_TYPE' }]);
  });

  it('is poison if "ignore" does not name it', async () => {
    await deliver({}, { ignore: ['hall.closed'] });
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'poison', code: 'UNHANDLED_TYPE' }]);
  });

  it('is poison if its envelope is invalid', async () => {
    await deliver({}, { ignore: 'others' }, released({ partitionkey: '' }));
    expect(deliveriesOf(wiring)).toMatchObject([
      { outcome: 'poison', code: 'INVALID_EVENT', field: 'partitionkey' },
    ]);
  });
});
