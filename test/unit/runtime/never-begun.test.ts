import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { atLeastOnce, createConsumer, exactlyOnce } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { reasonsOf } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

const promised = () => Promise.reject(new Error('nobody awaits this')) as never;

it('events whose attempts all ended their process are given up, even if many such events follow each other', async () => {
  // GIVEN 25 events, each of which ended its process five times
  const wiring = fakeWiring();
  const base = { name: 'shop', parse: parseOrderEvent, guarantee: exactlyOnce() };
  const event = (n: number, receiveCount: number) =>
    sqsEvent(
      sqsRecord(anOrder({ subject: `o${n}`, partitionkey: `g${n}` }), {
        messageId: `m${n}`,
        group: `g${n}`,
        receiveCount,
      }),
    );
  const events = Array.from({ length: 25 }, (_, n) => n);
  for (const n of events) {
    for (let receiveCount = 3; receiveCount < 8; receiveCount++) {
      await new Promise<void>((died) => {
        const handle = () => {
          died();
          return new Promise<never>(() => {});
        };
        void createConsumer({ ...base, handle }, wiring)(event(n, receiveCount), remaining());
      });
    }
  }
  wiring.clock.time += 120_000;
  // WHEN another process gets them
  const handled: string[] = [];
  const consumer = createConsumer({ ...base, handle: ({ id }) => (handled.push(id) > 0 ? [] : []) }, wiring);
  for (const n of events) await consumer(event(n, 8), remaining());
  // THEN none of them stays for want of a success that none of them can have
  expect(handled).toEqual([]);
  expect(reasonsOf(wiring.letters)).toHaveLength(25);
});

it('a delivery that cannot count its attempt does not start the handler if the earlier attempts never finished', async () => {
  // GIVEN a record whose fifth attempt ended its process, more than a minute ago
  const wiring = fakeWiring();
  const { clock, memory } = wiring;
  let calls = 0;
  const consumer = createConsumer(
    {
      name: 'shop',
      parse: parseOrderEvent,
      guarantee: atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY }),
      handle: async () => {
        calls += 1;
        throw new Error('once');
      },
    },
    wiring,
  );
  const firstReceived = clock.now() - 120_000;
  await consumer(sqsEvent(sqsRecord(anOrder(), { firstReceived })), remaining());
  const [id = '', record] = [...memory.records][0] ?? [];
  const dead = { ownerToken: 'of-the-dead', attempts: 5, attemptState: 'STARTED' } as const;
  memory.records.set(id, { ...record, ...dead, firstAttemptAt: firstReceived } as never);
  // WHEN its second receive, which is no suspect, finds it
  await consumer(sqsEvent(sqsRecord(anOrder(), { receiveCount: 2, firstReceived })), remaining());
  // THEN it is given up
  expect(calls).toBe(1);
  expect(reasonsOf(wiring.letters)).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED' }]);
});

it.each([
  ['parser', { parse: promised }],
  ['content function', { fingerprint: promised }],
])('an asynchronous %s whose promise rejects does not end the process', async (_, over) => {
  const wiring = fakeWiring();
  const heard: unknown[] = [];
  const hear = (reason: unknown) => heard.push(reason);
  process.on('unhandledRejection', hear);
  const consumer = createConsumer(
    { name: 'shop', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [], ...over },
    wiring,
  );
  const { batchItemFailures } = await consumer(sqsEvent(sqsRecord(anOrder())), remaining());
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', hear);
  expect(heard).toEqual([]);
  expect(batchItemFailures).toHaveLength(1);
});
