import fc from 'fast-check';
import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import {
  createConsumer,
  type Effect,
  exactlyOnce,
  increment,
  PermanentError,
  put,
  putIfNewer,
  raw,
  remove,
  removeIfNewer,
} from '../../../../runtime/index.ts';
import { anOrder } from '../../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { orders } from '../../../support/tables.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

const version = 'sequence';
const orderId = fc.constantFrom('a', 'b', '');
const sequence = fc.constantFrom<unknown>('1', '2', '3', '10', 'none');
const amount = fc.constantFrom(0.1, 0.2, 1, -3, 1e15, 1e-7, 1e22, Number.NaN);

/** Effects on a few items, so that they meet; some that a store refuses. */
const effect: fc.Arbitrary<Effect> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(orderId, amount).map(([id, by]) => increment('ledger', { orderId: id }, { by })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom({}, { by: 1, times: 1 })
      .map((by) => increment('ledger', { orderId: 'a' }, by)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(orderId, sequence, fc.boolean(), fc.string())
      .map(([id, sequence, gone, text]) =>
        gone
          ? removeIfNewer(orders, { orderId: id, sequence }, { version })
          : putIfNewer(orders, { orderId: id, sequence, text }, { version }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(orderId, amount, fc.constantFrom<unknown>(undefined, 2))
      .map(([id, total, sequence]) => put(orders, { orderId: id, total, sequence })),
  },
  // Refused once a text is there, and by the store alone.
  { weight: 1, arbitrary: orderId.map((id) => increment('orders', { orderId: id }, { text: 1 })) },
  { weight: 1, arbitrary: orderId.map((id) => remove('orders', { orderId: id })) },
  { weight: 1, arbitrary: fc.constant(raw({})) },
);

interface Planned {
  readonly id: string;
  readonly effects: readonly Effect[];
  readonly before: 'never' | 'applied' | 'applied with other content' | 'tried';
  readonly handler: 'works' | 'fails' | 'refuses';
}

const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(usual) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })),
  );

const planned: fc.Arbitrary<Planned> = fc.record({
  id: fc.nat(11).map(String),
  effects: fc.array(effect, { maxLength: 3 }),
  before: mostly<Planned['before']>('never', 'applied', 'applied with other content', 'tried'),
  handler: mostly<Planned['handler']>('works', 'fails', 'refuses'),
});

/** One group's events in one batch, or each in a batch of its own, up to the first that has to come again. */
async function run(plan: readonly Planned[], together: boolean) {
  const wiring = fakeWiring();
  const effectsOf = new Map(plan.toReversed().map((one) => [one.id, one]));
  let isBefore = true;
  const consumer = createConsumer(
    {
      name: 'orders',
      parse: parseOrderEvent,
      guarantee: exactlyOnce(),
      handle: ({ subject }) => {
        const { effects, handler, before } = effectsOf.get(subject) as Planned;
        if (isBefore && before === 'tried') throw new Error('not now');
        if (isBefore) return [];
        if (handler === 'fails') throw new Error('it fails');
        if (handler === 'refuses') throw new PermanentError('it refuses');
        return effects;
      },
    },
    wiring,
  );
  const send = (...records: ReturnType<typeof sqsRecord>[]) => consumer(sqsEvent(...records), remaining());
  for (const { id, before } of effectsOf.values()) {
    if (before === 'never') continue;
    const total = before === 'applied with other content' ? 1 : 15.3;
    await send(sqsRecord(anOrder({ subject: id }, { total }), { messageId: `before-${id}` }));
  }
  isBefore = false;
  wiring.logged.length = 0;
  wiring.store.calls.length = 0;
  const records = plan.map(({ id }, index) =>
    sqsRecord(anOrder({ subject: id }), { messageId: `m${index}` }),
  );
  const failed: string[] = [];
  for (const batch of together ? [records] : records.map((record) => [record])) {
    if (failed.length > 0) failed.push(...batch.map(({ messageId }) => messageId));
    else failed.push(...(await send(...batch)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  }
  return { wiring, failed };
}

function resultOf({ wiring, failed }: { wiring: FakeWiring; failed: readonly string[] }) {
  const deliveries = wiring.logged.filter(({ message }) => message === 'delivery');
  return {
    failed,
    tables: [wiring.memory.tables.items('ledger'), wiring.memory.tables.items('orders')].map((items) =>
      items.sort((a, b) => String(a.orderId).localeCompare(String(b.orderId))),
    ),
    records: [...wiring.memory.records].sort().map(([id, { status, attempts, lastError, messageId }]) => ({
      id,
      status,
      attempts,
      lastError,
      messageId,
    })),
    letters: wiring.letters.map(({ body, attributes }) => [body, attributes['order-once']]),
    outcomes: deliveries.map(({ messageId, outcome, code, appliedWith }) => [
      messageId,
      outcome,
      code,
      appliedWith,
    ]),
  };
}

/** What the records list as stale: event, place, versions. */
function staleOf({ wiring }: { wiring: FakeWiring }): string[] {
  return [...wiring.memory.records].flatMap(([id, { result = 'null' }]) =>
    (JSON.parse(result)?.stale ?? []).map((item: object) => `${id} ${JSON.stringify(item)}`),
  );
}

it('messages that are committed together end in the same way as one after the other', async () => {
  let folded = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(planned, { minLength: 2, maxLength: 10 }), async (plan) => {
      const together = await run(plan, true);
      const apart = await run(plan, false);
      expect(resultOf(together)).toEqual(resultOf(apart));
      // What a newer effect of the same fold replaced may be missing; nothing else may.
      expect(staleOf(apart)).toEqual(expect.arrayContaining(staleOf(together)));
      if (together.wiring.store.calls.length < apart.wiring.store.calls.length) folded += 1;
    }),
    { numRuns: 600, seed: 1 },
  );
  // Or nothing was shown.
  expect(folded).toBeGreaterThan(50);
});
