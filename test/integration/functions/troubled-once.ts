import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { atMostOnce, createConsumer } from '../../../runtime/index.ts';
import { append, client, endingWiring, observed, suffer } from './trouble.ts';

/** The same at most once: whatever ends in the middle, an operator decides. */
export const handler = observed(
  createConsumer(
    {
      parse: parseOrderEvent,
      guarantee: atMostOnce(),
      handle: async (event) => {
        await suffer(event);
        await client.send(new UpdateItemCommand(append(event)));
      },
    },
    endingWiring(),
  ),
);
