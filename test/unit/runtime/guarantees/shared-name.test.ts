import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  type ConsumerHandler,
  createConsumer,
  exactlyOnce,
  increment,
} from '../../../../runtime/index.ts';
import { anOrder } from '../../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

/** Two consumers of one topic were given one name over one record table. */
describe('two consumers with one name and one record table', () => {
  let wiring: FakeWiring;
  let charges: string[];
  beforeEach(() => {
    wiring = fakeWiring();
    charges = [];
  });

  const base = { name: 'orders', parse: parseOrderEvent };
  const charge = async ({ data }: { readonly data: { readonly orderId: string } }) =>
    void charges.push(data.orderId);
  const ledger = (over: { readonly formerly?: 'at-least-once' } = {}): ConsumerHandler =>
    createConsumer(
      {
        ...base,
        ...over,
        guarantee: exactlyOnce(),
        handle: ({ data: { orderId } }) => [increment('ledger', { orderId }, { times: 1 })],
      },
      wiring,
    );
  const charging = (guarantee = atLeastOnce({ providerKeyRetention: 86_400_000 })): ConsumerHandler =>
    createConsumer({ ...base, guarantee, handle: charge }, wiring);
  const batch = (queue: string, ...orders: string[]) =>
    sqsEvent(
      ...orders.map((order) => sqsRecord(anOrder({ subject: order }), { messageId: `${order} in ${queue}` })),
    );
  const deliveries = () => wiring.logged.filter(({ message }) => message === 'delivery');

  it.each([
    ['at-least-once', charging],
    ['at-most-once', () => charging(atMostOnce())],
  ])('make the event wait at the second one, under %s, and the error says what to do', async (name, second) => {
    await ledger()(batch('a', '1'), remaining());
    const { batchItemFailures } = await second()(batch('b', '1'), remaining());
    expect(batchItemFailures).toEqual([{ itemIdentifier: '1 in b' }]);
    expect(charges).toEqual([]);
    const { outcome, code, reason } = deliveries().at(-1) ?? {};
    expect({ outcome, code }).toEqual({ outcome: 'failed', code: 'CONFIGURATION' });
    expect(reason).toBe(
      'The record orders#urn:test#event-of-1 was completed under exactly-once, and this consumer "orders" is ' +
        `${name}. If another consumer has the same name and record table, give this one another name. If this consumer was ` +
        'exactly-once before, set "formerly: \'exactly-once\'" in createConsumer: then the event counts as applied',
    );
    expect(wiring.letters).toEqual([]);
  });

  it('make events of a fold wait from the first one that the other consumer completed', async () => {
    await charging()(batch('a', '2'), remaining());
    const { batchItemFailures } = await ledger()(batch('b', '1', '2', '3'), remaining());
    expect(batchItemFailures).toEqual([{ itemIdentifier: '2 in b' }, { itemIdentifier: '3 in b' }]);
    const times = (orderId: string) => wiring.memory.tables.item('ledger', { orderId })?.times;
    expect(['1', '2', '3'].map(times)).toEqual([1, undefined, undefined]);
  });

  it('commit events together around one that was completed under the guarantee of "formerly"', async () => {
    await charging()(batch('a', '2'), remaining());
    const consumer = ledger({ formerly: 'at-least-once' });
    await expect(consumer(batch('b', '1', '2', '3'), remaining())).resolves.toEqual({
      batchItemFailures: [],
    });
    expect(deliveries().map(({ outcome }) => outcome)).toEqual([
      'applied',
      'applied',
      'duplicate',
      'applied',
    ]);
  });

  it('never count an attempt of such an event, and never give it up', async () => {
    await charging()(batch('a', '1'), remaining());
    const before = [...wiring.memory.records.values()];
    wiring.clock.time += 3_600_000;
    for (let receiveCount = 1; receiveCount < 10; receiveCount++) {
      const record = sqsRecord(anOrder({ subject: '1' }), { messageId: 'b', receiveCount });
      await expect(ledger()(sqsEvent(record), remaining())).resolves.toMatchObject({
        batchItemFailures: [{ itemIdentifier: 'b' }],
      });
    }
    const [record] = [...wiring.memory.records.values()].filter(({ status }) => status === 'COMPLETED');
    expect(record).toEqual(before[0]);
    expect(wiring.letters).toEqual([]);
  });
});

it('createConsumer refuses a "formerly" that is not a guarantee', () => {
  const make = () =>
    createConsumer(
      {
        name: 'orders',
        parse: parseOrderEvent,
        guarantee: exactlyOnce(),
        formerly: 'exactly once' as 'exactly-once',
        handle: () => [],
      },
      fakeWiring(),
    );
  expect(make).toThrow(
    'formerly is "exactly once"; it must be one of exactly-once, at-least-once, at-most-once, or a list of them',
  );
});
