import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce, raw } from '../../../runtime/index.ts';
import { append, endingWiring, observed, suffer } from './trouble.ts';

/** A consumer whose orders make it fail, as they ask for. */
export const handler = observed(
  createConsumer(
    {
      parse: parseOrderEvent,
      guarantee: exactlyOnce(),
      handle: async (event) => {
        await suffer(event);
        return [raw({ Update: append(event) })];
      },
    },
    endingWiring(),
  ),
);
