import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { atLeastOnce, atMostOnce, createConsumer, type ExternalHandler } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

const base = { name: 'billing', parse: parseOrderEvent };
const batch = (count: number) =>
  sqsEvent(
    ...Array.from({ length: count }, (_, n) =>
      sqsRecord(anOrder({ subject: String(n) }), { messageId: `m${n}`, group: 'g' }),
    ),
  );

describe.each([
  ['at-least-once', atLeastOnce({ providerKeyRetention: 86_400_000 })],
  ['at-most-once', atMostOnce()],
])('the last call of an invocation under %s', (_, guarantee) => {
  it('starts only if the time suffices by the time of the earlier calls', async () => {
    // GIVEN calls that take 4 s and are given up with their signal, and a batch for which there is no time
    const wiring = fakeWiring();
    const called: string[] = [];
    const handle: ExternalHandler<OrderEvent> = async ({ subject = '' }, { signal, remainingTime }) => {
      called.push(subject);
      wiring.clock.time += Math.min(4000, remainingTime());
      await Promise.resolve();
      signal.throwIfAborted();
    };
    // WHEN
    const handler = createConsumer({ ...base, guarantee, handle }, wiring);
    const { batchItemFailures } = await handler(batch(4), remaining(10_000));
    // THEN the third is not begun, 8 s after the start: it would be cut off on its way
    expect(called).toEqual(['0', '1']);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m2', 'm3']);
    expect([...wiring.memory.records.values()].map(({ status }) => status)).toEqual([
      'COMPLETED',
      'COMPLETED',
    ]);
  });

  it('can be the first call, in a function with the shortest timeout', async () => {
    const wiring = fakeWiring();
    const handle = jest.fn(async () => {});
    await createConsumer({ ...base, guarantee, handle }, wiring)(batch(1), remaining(1000));
    expect(handle).toHaveBeenCalled();
  });

  it('is claimed only if the handler would be called', async () => {
    const wiring = fakeWiring();
    const handle = jest.fn(async () => {});
    await createConsumer({ ...base, guarantee, handle }, wiring)(batch(1), remaining(700));
    expect(wiring.store.calls).toEqual([]);
  });
});
