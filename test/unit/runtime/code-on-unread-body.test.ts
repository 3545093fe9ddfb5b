import * as v from 'valibot';
import { bodyKey } from '../../../contract/event/identity.ts';
import { atLeastOnce, atMostOnce, createConsumer } from '../../../runtime/index.ts';
import { deliveriesOf } from '../../support/deliver-orders.ts';
import { seatBooked, seatRecordId } from '../../support/seats.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

const event = seatBooked();
const body = JSON.stringify(event);
const applied = {
  guarantee: 'at-least-once',
  status: 'COMPLETED',
  fingerprint: `own:${'0'.repeat(64)}`,
  ownerToken: 'before',
} as const;

const guarantee = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY });

/** A message that was received often enough to be a suspect, an hour after it was sent. */
function suspect(now: number) {
  const message = sqsRecord(event, { messageId: 'm', receiveCount: 9 });
  const sent = String(now - 3_600_000);
  Object.assign(message.attributes, { SentTimestamp: sent, ApproximateFirstReceiveTimestamp: sent });
  return message;
}

/** The state of the body's attempt at each call of `look`, which stands for a function of the consumer. */
function attemptStates({ memory }: ReturnType<typeof fakeWiring>) {
  const states: unknown[] = [];
  const look = () => {
    states.push(memory.records.get(bodyKey('bookings', body))?.attemptState);
    return 'x';
  };
  return { states, look };
}

describe.each(['key', 'fingerprint'] as const)("the consumer's %s", (option) => {
  it('is not called on a body whose attempts never finished, which goes to the dead-letter queue', async () => {
    const wiring = fakeWiring();
    const now = wiring.clock.now();
    const expiration = now / 1000 + 86_400;
    wiring.memory.records.set(bodyKey('bookings', body), {
      guarantee: 'at-least-once',
      status: 'INPROGRESS',
      fingerprint: 'body',
      ownerToken: 'dead',
      attempts: 5,
      attemptState: 'STARTED',
      firstAttemptAt: now - 3_600_000,
      leaseUntil: 1,
      expiration,
    });
    wiring.memory.records.set(seatRecordId, { ...applied, expiration });
    let calls = 0;
    const count = () => {
      calls += 1;
      return 'x';
    };
    const options = { name: 'bookings', guarantee, handle: async () => {}, [option]: count };
    const consumer = createConsumer({ ...options, events: { 'seat.booked': v.unknown() } }, wiring);
    await consumer(sqsEvent(suspect(now)), remaining());
    expect(calls).toBe(0);
    expect(wiring.letters).toHaveLength(1);
  });

  it('is counted as an attempt of a body that its schema refuses', async () => {
    const wiring = fakeWiring();
    const { states, look } = attemptStates(wiring);
    const options = { name: 'bookings', guarantee, handle: async () => {}, [option]: look };
    const events = { 'seat.booked': v.object({ row: v.number() }) };
    const consumer = createConsumer({ ...options, events }, wiring);
    wiring.memory.records.set(seatRecordId, { ...applied, expiration: wiring.clock.now() / 1000 + 86_400 });
    await consumer(sqsEvent(suspect(wiring.clock.now())), remaining());
    expect(states.length).toBeGreaterThan(0);
    expect(new Set(states)).toEqual(new Set(['STARTED']));
  });

  it('is counted as an attempt of a body whose type is ignored', async () => {
    const wiring = fakeWiring();
    const { states, look } = attemptStates(wiring);
    const options = { name: 'bookings', guarantee, handle: async () => {}, [option]: look };
    const consumer = createConsumer(
      { ...options, events: { 'seat.sold': v.unknown() }, ignore: ['seat.booked'] },
      wiring,
    );
    await consumer(sqsEvent(suspect(wiring.clock.now())), remaining());
    expect(new Set(states)).toEqual(new Set(['STARTED']));
    expect(deliveriesOf(wiring).at(-1)).toMatchObject({ outcome: 'ignored' });
  });
});

it('an event that its slow owner completes while its outcome is being marked unknown is a duplicate', async () => {
  const wiring = fakeWiring();
  const options = { name: 'bookings', guarantee: atMostOnce(), handle: async () => {} };
  const message = sqsRecord(event, { messageId: 'm' });
  await createConsumer({ ...options, events: { 'seat.booked': v.unknown() } }, wiring)(
    sqsEvent(message),
    remaining(),
  );
  const done = wiring.memory.records.get(seatRecordId);
  if (done === undefined) throw new Error('not applied');
  const owned = { ...done, ownerToken: 'slow' };
  wiring.memory.records.set(seatRecordId, { ...owned, status: 'INPROGRESS', leaseUntil: 1 });
  wiring.store.befall('holdUnknown', async () => {
    wiring.memory.records.set(seatRecordId, owned);
  });
  const events = { 'seat.booked': v.object({ row: v.number() }) };
  await createConsumer({ ...options, events }, wiring)(sqsEvent(message), remaining());
  expect(deliveriesOf(wiring).at(-1)).toMatchObject({ outcome: 'duplicate' });
  expect(wiring.letters).toEqual([]);
});
