import * as v from 'valibot';
import { InvalidEventError } from '../../../../contract/errors.ts';
import type { CloudEvent } from '../../../../contract/event/event-parser.ts';
import {
  atLeastOnce,
  atMostOnce,
  type ConsumerHandler,
  createConsumer,
  exactlyOnce,
  increment,
  PermanentError,
} from '../../../../runtime/index.ts';
import type { StoredRecord } from '../../../../runtime/ports/record-store.ts';
import { deliveriesOf } from '../../../support/deliver-orders.ts';
import { seatBooked, seatRecordId } from '../../../support/seats.ts';
import { reasonsOf } from '../../../support/shop.ts';
import { type RecordOptions, remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

const atLeast = atLeastOnce({ providerKeyRetention: 3_600_000 });
const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeast },
  { name: 'at-most-once', guarantee: atMostOnce() },
] as const;
type AnyGuarantee = (typeof guarantees)[number]['guarantee'];

let wiring: FakeWiring;
let handled: string[];
beforeEach(() => {
  wiring = fakeWiring();
  handled = [];
});

/** The consumer, with what it takes. */
function consumerOf(guarantee: AnyGuarantee, reads: object): ConsumerHandler {
  const handle = ({ id }: CloudEvent) => {
    handled.push(id);
    return guarantee.kind === 'effects' ? [increment('ledger', { orderId: id }, { times: 1 })] : undefined;
  };
  return createConsumer({ name: 'bookings', guarantee, handle, ...reads } as never, wiring);
}

const throwing = (error: Error) => () => {
  throw error;
};
const accepts = { events: { 'seat.booked': v.unknown() } };
const refuses = { events: { 'seat.booked': v.object({ row: v.number() }) } };
const poison = (code: string) => ({ waits: false, outcome: 'poison', code });
/** How a later version of the consumer does not read the events that this one took, and what becomes of new ones. */
const unreadable = [
  ['its schema refuses', refuses, poison('INVALID_EVENT')],
  ['no schema takes any more', { events: { 'seat.released': v.unknown() } }, poison('UNHANDLED_TYPE')],
  [
    'its parser refuses',
    { parse: throwing(new InvalidEventError('INVALID_EVENT', 'data: none')) },
    poison('INVALID_EVENT'),
  ],
  [
    'its parser refuses with a permanent error',
    { parse: throwing(new PermanentError('not ours')) },
    poison('PERMANENT'),
  ],
  [
    'its parser fails over',
    { parse: throwing(new TypeError('rows is undefined')) },
    { waits: true, outcome: 'failed', code: 'PARSER_FAILED' },
  ],
] as const;

async function deliver(consumer: ConsumerHandler, event: object = seatBooked(), over: RecordOptions = {}) {
  const message = sqsRecord(event, { messageId: 'again', ...over });
  const { batchItemFailures } = await consumer(sqsEvent(message), remaining());
  return { waits: batchItemFailures.length === 1, ...deliveriesOf(wiring).at(-1) };
}

/** The record of an event that a version of the consumer which took it has applied, with changes. */
async function given(guarantee: AnyGuarantee, over: Partial<StoredRecord> = {}): Promise<StoredRecord> {
  await deliver(consumerOf(guarantee, accepts), seatBooked(), { messageId: 'first' });
  const record = { ...wiring.memory.records.get(seatRecordId), ...over } as StoredRecord;
  wiring.memory.records.set(seatRecordId, record);
  handled.length = 0;
  return record;
}

describe.each(guarantees)('an event under $name', ({ guarantee }) => {
  describe.each(unreadable)('which %s', (_, reads, otherwise) => {
    it('is a duplicate if it was applied before, even as a suspect and if poison blocks', async () => {
      const record = await given(guarantee);
      for (const receiveCount of [1, 3]) {
        for (const onPoison of ['quarantine', 'block'] as const) {
          Object.assign(wiring, { onPoison });
          await expect(
            deliver(consumerOf(guarantee, reads), seatBooked(), { receiveCount }),
          ).resolves.toMatchObject({ waits: false, outcome: 'duplicate', appliedWith: 'first' });
        }
      }
      expect(wiring.letters).toEqual([]);
      expect(wiring.memory.records.get(seatRecordId)).toEqual(record);
      expect(handled).toEqual([]);
    });

    it('is acknowledged as unknown if its outcome is', async () => {
      const record = await given(guarantee, { status: 'OUTCOME_UNKNOWN', expiration: undefined, body: '{}' });
      await expect(deliver(consumerOf(guarantee, reads))).resolves.toMatchObject({
        waits: false,
        outcome: 'unknown',
        recordId: seatRecordId,
      });
      expect(wiring.letters).toEqual([]);
      expect(wiring.memory.records.get(seatRecordId)).toEqual(record);
    });

    it('is acknowledged if this very message was given up before, and treated as new if it was redriven', async () => {
      await given(guarantee, { status: 'QUARANTINED' });
      const consumer = consumerOf(guarantee, reads);
      await expect(deliver(consumer, seatBooked(), { messageId: 'first' })).resolves.toMatchObject({
        waits: false,
        outcome: 'poison',
        code: 'QUARANTINED',
      });
      expect(wiring.letters).toEqual([]);
      await expect(deliver(consumer)).resolves.toMatchObject(otherwise);
      expect(wiring.letters).toHaveLength(otherwise.waits ? 0 : 1);
    });

    it('waits while another delivery holds its lease', async () => {
      await given(guarantee, { status: 'INPROGRESS', leaseUntil: wiring.clock.now() + 5000 });
      await expect(deliver(consumerOf(guarantee, reads))).resolves.toMatchObject({
        waits: true,
        outcome: 'leased',
      });
      expect(wiring.letters).toEqual([]);
    });

    it.each([
      ['has no record', undefined],
      ['has a record that expired', { expiration: 1 }],
      ['waits for another try', { status: 'RETRYING' }],
      ['has other content than its record', { fingerprint: `2:${'0'.repeat(64)}` }],
    ] as const)('is treated as new if it %s', async (_, over) => {
      const record = over && (await given(guarantee, over));
      await expect(deliver(consumerOf(guarantee, reads))).resolves.toMatchObject(otherwise);
      expect(reasonsOf(wiring.letters)).toMatchObject(otherwise.waits ? [] : [{ code: otherwise.code }]);
      expect(wiring.memory.records.get(seatRecordId)).toEqual(record);
    });

    it.each([
      ['a later version wrote its record', { format: 2 }],
      ['its record names an unknown algorithm', { fingerprint: '9:later' }],
      ['another guarantee completed it', { guarantee: 'other' as never }],
    ])('waits if %s', async (_, over) => {
      const record = await given(guarantee, over);
      await expect(deliver(consumerOf(guarantee, reads))).resolves.toMatchObject({
        waits: true,
        outcome: 'failed',
        code: 'CONFIGURATION',
      });
      expect(wiring.letters).toEqual([]);
      expect(wiring.memory.records.get(seatRecordId)).toEqual(record);
    });

    it.each([
      'down',
      'contended',
    ] as const)('waits if the store is %s, and then is a duplicate', async (fault) => {
      await given(guarantee);
      const consumer = consumerOf(guarantee, reads);
      wiring.store.befall('release', fault);
      await expect(deliver(consumer)).resolves.toMatchObject({ waits: true, outcome: 'failed' });
      expect(wiring.letters).toEqual([]);
      await expect(deliver(consumer)).resolves.toMatchObject({ outcome: 'duplicate' });
    });

    it('costs one request of its record, which writes nothing', async () => {
      await given(guarantee);
      wiring.store.calls.length = 0;
      await deliver(consumerOf(guarantee, reads));
      expect(wiring.store.calls.filter((call) => !call.startsWith('body'))).toEqual(['release']);
    });
  });

  it('is what its record says in a batch of ten of its group, and those around it are applied', async () => {
    await given(guarantee);
    const consumer = consumerOf(guarantee, { events: { 'seat.released': v.unknown() } });
    const batch = Array.from({ length: 10 }, (_, n) => {
      const event = seatBooked({ id: String(n), type: n === 1 ? 'seat.booked' : 'seat.released' });
      return sqsRecord(event, { messageId: `m${n}`, group: 'hall' });
    });
    await expect(consumer(sqsEvent(...batch), remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(
      deliveriesOf(wiring)
        .slice(-10)
        .map(({ outcome }) => outcome),
    ).toEqual(['applied', 'duplicate', ...Array.from({ length: 8 }, () => 'applied')]);
    expect(wiring.letters).toEqual([]);
  });
});

describe('the unfinished record of an event that its schema refuses', () => {
  const dead = { status: 'INPROGRESS', leaseUntil: 1, ownerToken: 'of-the-dead' } as const;

  it('becomes an unknown outcome under at-most-once, since its owner may have acted', async () => {
    await given(atMostOnce(), dead);
    await expect(deliver(consumerOf(atMostOnce(), refuses))).resolves.toMatchObject({ outcome: 'unknown' });
    expect(wiring.memory.records.get(seatRecordId)).toMatchObject({
      status: 'OUTCOME_UNKNOWN',
      ownerToken: 'of-the-dead',
      body: JSON.stringify(seatBooked()),
    });
    expect(wiring.letters).toEqual([]);
  });

  it('leaves it poison under at-least-once, since a redrive repeats it under the same key', async () => {
    await given(atLeast, dead);
    await expect(deliver(consumerOf(atLeast, refuses))).resolves.toMatchObject({ outcome: 'poison' });
  });

  it('becomes an unknown outcome under at-least-once if the provider may have forgotten the key', async () => {
    await given(atLeast, { ...dead, firstAttemptAt: wiring.clock.now() - 4_000_000 });
    await expect(deliver(consumerOf(atLeast, refuses))).resolves.toMatchObject({ outcome: 'unknown' });
  });

  it('stays unknown if an operator sends it again, and runs with the redrive of its copy', async () => {
    const unknown = { status: 'OUTCOME_UNKNOWN', expiration: undefined, ownerToken: 'attempt-9' } as const;
    await given(atMostOnce(), { ...unknown, body: JSON.stringify(seatBooked()) });
    const resent = { 'resolved-attempt': { dataType: 'String', stringValue: 'attempt-9' } } as const;
    const refused = await deliver(consumerOf(atMostOnce(), refuses), seatBooked(), { attributes: resent });
    expect(refused).toMatchObject({ waits: false, outcome: 'poison', code: 'INVALID_EVENT' });
    expect(wiring.memory.records.get(seatRecordId)).toMatchObject(unknown);
    expect(wiring.letters[0]?.attributes).toMatchObject({ 'resolved-attempt': { StringValue: 'attempt-9' } });
    const redriven = { messageId: 'redriven', attributes: resent };
    const applied = await deliver(consumerOf(atMostOnce(), accepts), seatBooked(), redriven);
    expect(applied).toMatchObject({ outcome: 'applied' });
    expect(handled).toHaveLength(1);
  });

  it('becomes an unknown outcome if it was begun under another guarantee', async () => {
    await given(atLeast, { status: 'RETRYING' });
    await expect(deliver(consumerOf(exactlyOnce(), refuses))).resolves.toMatchObject({ outcome: 'unknown' });
  });
});

it('an event that a consumer applied under a former guarantee is a duplicate if its schema refuses it', async () => {
  await given(atLeast);
  const consumer = consumerOf(exactlyOnce(), { ...refuses, formerly: 'at-least-once' });
  await expect(deliver(consumer)).resolves.toMatchObject({ outcome: 'duplicate' });
});

it('an event that is refused is looked up under the business key of the consumer, and in the store of its guarantee', async () => {
  const { memory } = fakeWiring();
  const guarantee = atMostOnce({ store: memory });
  const byKey = { key: ({ data }: CloudEvent) => (data as { seat: string }).seat };
  const consumer = consumerOf(guarantee, { ...accepts, ...byKey });
  await deliver(consumer, seatBooked(), { messageId: 'first' });
  await expect(
    deliver(consumerOf(guarantee, { ...refuses, ...byKey }), seatBooked({ id: 'another' })),
  ).resolves.toMatchObject({ outcome: 'duplicate' });
  expect(wiring.store.calls).toEqual([]);
});

describe.each(unreadable)('an event with content of its own, which %s', (_, reads, otherwise) => {
  const bySeat = { fingerprint: ({ data }: CloudEvent) => (data as { seat: string }).seat.trim() };

  it('is a duplicate if its record has the fingerprint of the same content, whatever else the event says', async () => {
    await deliver(consumerOf(atLeast, { ...accepts, ...bySeat }), seatBooked(), { messageId: 'first' });
    const consumer = consumerOf(atLeast, { ...reads, ...bySeat });
    await expect(deliver(consumer, seatBooked({ time: 'never', extra: 1 }))).resolves.toMatchObject({
      outcome: 'duplicate',
      appliedWith: 'first',
    });
  });

  it.each([
    ['of other content', { data: { seat: '2B' } }],
    ['over whose body the fingerprint fails', { data: { seat: 2 } }],
  ])('is treated as new if it is one %s', async (_, over) => {
    await deliver(consumerOf(atLeast, { ...accepts, ...bySeat }), seatBooked(), { messageId: 'first' });
    const consumer = consumerOf(atLeast, { ...reads, ...bySeat });
    await expect(deliver(consumer, seatBooked(over))).resolves.toMatchObject(otherwise);
  });

  it('waits if the consumer has lost its fingerprint', async () => {
    await deliver(consumerOf(atLeast, { ...accepts, ...bySeat }), seatBooked(), { messageId: 'first' });
    await expect(deliver(consumerOf(atLeast, reads))).resolves.toMatchObject({
      waits: true,
      code: 'CONFIGURATION',
      reason: expect.stringContaining('set "fingerprint" again'),
    });
  });
});

it('an event without a name, or over which the key fails, is poison without a look at a record', async () => {
  await deliver(consumerOf(atLeast, refuses), seatBooked({ id: undefined }));
  await deliver(consumerOf(atLeast, { ...refuses, key: () => '' }));
  expect(reasonsOf(wiring.letters)).toMatchObject([{ field: 'id' }, { field: 'data.row' }]);
  expect(wiring.store.calls).toEqual(['list', 'list']);
});
