import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { atLeastOnce, createConsumer } from '../../../runtime/index.ts';
import { append, client, endingWiring, observed, suffer } from './trouble.ts';

/** The same at least once: it writes what it applies by itself, and ignores its signal. */
export const handler = observed(
  createConsumer(
    {
      parse: parseOrderEvent,
      guarantee: atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY }),
      handle: async (event) => {
        await suffer(event);
        await client.send(new UpdateItemCommand(append(event)));
      },
    },
    endingWiring(),
  ),
);
