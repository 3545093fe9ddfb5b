import { systemClock } from '../../contract/clock.ts';
import { parseOrderEvent } from '../../contract/orders/order-event.ts';
import { systemRandom } from '../../contract/random.ts';
import { applyOrder, orderTables } from '../../lambda/order/apply-order.ts';
import { createConsumer, type EffectStore, exactlyOnce } from '../../runtime/index.ts';
import { memoryStore } from '../../runtime/stores/memory/memory-store.ts';
import { remaining } from '../../test/support/sqs.ts';
import { fakeWiring } from '../../test/support/wiring.ts';
import { effectTables, keys } from '../cost/tables.ts';
import { batchOf, newOrders } from '../measure/order-batches.ts';
import { slow } from '../measure/slow-port.ts';

/** The fulfilment consumer over a store, without logs. */
export function fulfilmentOver(store: EffectStore) {
  const consumer = createConsumer(
    {
      name: 'fulfilment',
      parse: parseOrderEvent,
      guarantee: exactlyOnce(),
      tables: orderTables,
      handle: applyOrder,
    },
    { ...fakeWiring(), store, clock: systemClock, random: systemRandom, output: () => {} },
  );
  return async (events: ReturnType<typeof newOrders>): Promise<void> => {
    const { batchItemFailures } = await consumer(batchOf(events), remaining());
    if (batchItemFailures.length > 0) {
      throw new Error(`${batchItemFailures.length} of ${events.length} messages were not settled`);
    }
  };
}

/** A memory store with the tables of the orders' effects. */
export function orderTablesInMemory() {
  const names = Object.values(effectTables);
  return memoryStore(Object.fromEntries(names.map((name) => [name, [keys[name] ?? '']])));
}

/** Number of successive requests that the runtime sends for the messages of one group, by the number of messages. */
export async function tripsByMessages(most: number): Promise<number[]> {
  const trips = [0];
  for (let messages = 1; messages <= most; messages++) {
    let requests = 0;
    const store = slow(
      orderTablesInMemory(),
      () => 0,
      () => {
        requests += 1;
      },
    );
    await fulfilmentOver(store)(newOrders({ messages, groups: 1, bytes: 0 }));
    trips.push(requests);
  }
  return trips;
}
