import { readEnvironment } from '../../../contract/environment.ts';
import { deadLetterReasonAttribute } from '../../../contract/message-attributes.ts';
import { parseOrderEvent } from '../../../contract/order-event.ts';
import { createConsumer, exactlyOnce, increment, PermanentError } from '../../../runtime/index.ts';
import { wiringFromEnvironment } from '../../../runtime/wiring.ts';

const ledger = readEnvironment('ledgerTable');
let firstReceive = new Set<string>();
let redriven = new Set<string>();

const consumer = createConsumer(
  {
    name: 'faulty',
    parse: parseOrderEvent,
    guarantee: exactlyOnce(),
    handle: ({ id, partitionkey: account, data }) => {
      if (firstReceive.has(id)) {
        // What an order asks for in its customer id, it gets the first time that it is received.
        if (data.customerId === 'fail-first') throw new Error('the first try fails');
        if (data.customerId === 'die-first') process.kill(process.pid, 'SIGKILL');
        if (data.customerId === 'hang-first') return new Promise(() => {});
      }
      if (data.customerId === 'refuse-first' && !redriven.has(id)) throw new PermanentError('not yet');
      return [increment(ledger, { account }, { spent: data.total, orders: 1 })];
    },
  },
  wiringFromEnvironment(),
);

/** A consumer that fails, refuses, kills its own process, or never ends, between the receive and the commit. */
export const handler: typeof consumer = (event, context) => {
  const first = event.Records.filter(({ attributes }) => attributes.ApproximateReceiveCount === '1');
  const copies = event.Records.filter(
    ({ messageAttributes }) => messageAttributes[deadLetterReasonAttribute],
  );
  const idsOf = (records: typeof first) => new Set(records.map(({ body }) => JSON.parse(body).id));
  firstReceive = idsOf(first);
  redriven = idsOf(copies);
  return consumer(event, context);
};
