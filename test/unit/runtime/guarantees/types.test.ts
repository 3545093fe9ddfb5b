import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  exactlyOnce,
  increment,
  type RecordStore,
} from '../../../../runtime/index.ts';
import { fakeWiring } from '../../../support/wiring.ts';

interface Receipt {
  readonly id: string;
  readonly amount?: number;
}

/** What has to compile, and what must not; `tsc` is the test, running it only shows that it was read. */
test('each guarantee takes the handlers that it can keep its promise for', () => {
  const wiring = fakeWiring();
  const base = { name: 'c', parse: parseOrderEvent };
  const retention = { providerKeyRetention: 86_400_000 };
  const records: RecordStore = wiring.store;
  const effect = increment('ledger', { orderId: '1' }, { times: 1 });
  const receipt: Receipt = { id: '1' };

  // Effects, at once or later; results of every shape that is no list.
  createConsumer(
    { ...base, guarantee: exactlyOnce(), handle: ({ data }) => [{ ...effect, key: data }] },
    wiring,
  );
  createConsumer({ ...base, guarantee: exactlyOnce(), handle: async () => [effect] }, wiring);
  createConsumer({ ...base, guarantee: atMostOnce(), handle: async () => {} }, wiring);
  createConsumer({ ...base, guarantee: atMostOnce(), handle: async () => receipt }, wiring);
  createConsumer(
    { ...base, guarantee: atMostOnce(), handle: async ({ data }) => ({ of: data.orderId }) },
    wiring,
  );
  createConsumer(
    { ...base, guarantee: atLeastOnce(retention), handle: async (_, c) => c.idempotencyKey },
    wiring,
  );
  createConsumer({ ...base, guarantee: atMostOnce({ store: records }), handle: async () => 1 }, wiring);

  // @ts-expect-error a store that cannot commit effects
  exactlyOnce({ store: records });
  // @ts-expect-error at-least-once without saying how long the provider remembers
  expect(() => atLeastOnce()).toThrow();
  // @ts-expect-error acting outside under exactly-once
  createConsumer({ ...base, guarantee: exactlyOnce(), handle: async () => receipt }, wiring);
  // @ts-expect-error acting outside under exactly-once, with nothing to tell
  createConsumer({ ...base, guarantee: exactlyOnce(), handle: async () => {} }, wiring);
  // @ts-expect-error effects that nobody would commit
  createConsumer({ ...base, guarantee: atMostOnce(), handle: () => [effect] }, wiring);
  // @ts-expect-error one effect that nobody would commit
  createConsumer({ ...base, guarantee: atMostOnce(), handle: async () => effect }, wiring);
  // @ts-expect-error effects that nobody would commit, later
  createConsumer({ ...base, guarantee: atLeastOnce(retention), handle: async () => [effect] }, wiring);

  expect(wiring.store.calls).toEqual([]);
});
