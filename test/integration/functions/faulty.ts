import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { dependenciesFromEnvironment } from '../../../runtime/consumer/dependencies-from-environment.ts';
import { createConsumer, exactlyOnce, increment } from '../../../runtime/index.ts';
import { withSpareTime } from './spare-time.ts';

let firstReceive = new Set<string>();

const consumer = createConsumer(
  {
    parse: parseOrderEvent,
    guarantee: exactlyOnce(),
    tables: { ledger: 'account' },
    handle: ({ id, partitionkey: account, data }, { tables }) => {
      if (firstReceive.has(id)) {
        // What an order asks for in its customer id, it gets the first time that it is received.
        if (data.customerId === 'fail-first') throw new Error('the first try fails');
        if (data.customerId === 'die-first') process.kill(process.pid, 'SIGKILL');
        if (data.customerId === 'hang-first') return new Promise(() => {});
      }
      return [increment(tables.ledger, { account }, { spent: data.total, orders: 1 })];
    },
  },
  dependenciesFromEnvironment(),
);

const unhurried = withSpareTime(consumer);

/** A consumer that fails, kills its own process, or never ends, between the receive and the commit. */
export const handler: typeof consumer = (event, context) => {
  const first = event.Records.filter(({ attributes }) => attributes.ApproximateReceiveCount === '1');
  firstReceive = new Set(first.map(({ body }) => JSON.parse(body).id));
  return unhurried(event, context);
};
