import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idempotencyKey, sha256 } from '../../../contract/event/identity.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { type Provider, startProvider } from '../../../lab/faults/provider/payment-provider.ts';
import { chargeFaultOf, type ProviderMode } from '../../../lab/faults/provider/provider-faults.ts';
import { chargeOrder } from '../../../lambda/payment/charge-order.ts';
import { atLeastOnce, createConsumer } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

const seed = 5;
let folder: string;
let provider: Provider;
let wiring: ReturnType<typeof fakeWiring>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'charge-'));
  wiring = fakeWiring();
});

afterEach(async () => {
  await provider.close();
  rmSync(folder, { recursive: true });
});

async function start(mode: ProviderMode) {
  provider = await startProvider({ file: join(folder, 'f'), mode, seed, keyRetentionMs: 60_000 });
  return createConsumer(
    {
      name: 'billing',
      parse: parseOrderEvent,
      guarantee: atLeastOnce({ providerKeyRetention: 86_400_000 }),
      handle: chargeOrder(provider.url),
    },
    wiring,
  );
}

/** An order whose first request to the provider is struck so. */
function orderStruck(mode: ProviderMode, ending: string) {
  for (let n = 0; ; n++) {
    const event = anOrder({ id: `e-${n}` });
    const key = sha256(idempotencyKey('billing', event));
    if (
      chargeFaultOf(mode, seed, key, 1).ending === ending &&
      chargeFaultOf(mode, seed, key, 2).fault === 'none'
    )
      return event;
  }
}

const results = () => [...wiring.memory.records.values()].map(({ status, result }) => [status, result]);

it('charges a placed order with all digits, and stores the id of the charge', async () => {
  const consumer = await start('none');
  const event = anOrder({}, { total: 9007199254740.91 });
  await consumer(sqsEvent(sqsRecord(event)), remaining());
  await consumer(sqsEvent(sqsRecord(event)), remaining());
  expect(await provider.requests()).toMatchObject([
    {
      charged: true,
      reference: { source: event.source, id: event.id },
      amount: '9007199254740.91',
      currency: 'GBP',
    },
  ]);
  expect(results()).toEqual([['COMPLETED', '{"charge":"ch_1"}']]);
});

it.each([
  anOrder({ type: 'order.cancelled' }),
  anOrder({}, { total: 0 }),
  anOrder({}, { total: -3 }),
])('completes an event that needs no charge ($type, $data.total)', async (event) => {
  const consumer = await start('none');
  expect(await consumer(sqsEvent(sqsRecord(event)), remaining())).toEqual({ batchItemFailures: [] });
  expect(await provider.requests()).toEqual([]);
  expect(results()).toEqual([['COMPLETED', '"nothing to charge"']]);
});

it.each(['cut', 'status 500'])('charges once if the first answer is lost (%s)', async (ending) => {
  const consumer = await start('fail-after');
  const batch = sqsEvent(sqsRecord(orderStruck('fail-after', ending)));
  expect((await consumer(batch, remaining())).batchItemFailures).toHaveLength(1);
  expect(await consumer(batch, remaining())).toEqual({ batchItemFailures: [] });
  expect(await provider.requests()).toMatchObject([
    { charged: true, fault: 'fail-after' },
    { charged: false, resent: true, cause: 'answer lost', answer: 201 },
  ]);
  expect(results()).toEqual([['COMPLETED', '{"charge":"ch_1"}']]);
});
