import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { recordTables } from '../tables.ts';
import { effectsOf, HandlerError, rememberedSeconds, type Subject } from './subject.ts';

const TableName = recordTables.own;

/**
 * What many write by hand over a standard queue: a conditional put says that the event was seen, then the effect; where
 * that fails the mark is taken back. Messages go at once, since such a queue has no order.
 *
 * Its hole: a process that dies between the two leaves a mark without an effect, and the message that comes again is
 * taken for a duplicate. The order is lost. Marked after the effect it would be applied twice instead.
 */
export const ownSubject: Subject = {
  name: 'own mark, standard queue',
  source: 'standard',
  consumer: ({ client, fails }) => {
    async function apply(event: OrderEvent): Promise<void> {
      const id = JSON.stringify([event.source, event.id]);
      if (!(await mark(client, id))) return;
      try {
        if (fails) throw new HandlerError();
        await client.send(new TransactWriteItemsCommand(await effectsOf(event)));
      } catch (error) {
        await client.send(new DeleteItemCommand({ TableName, Key: { id: { S: id } } }));
        throw error;
      }
    }
    return async ({ Records }) => {
      const settled = await Promise.allSettled(Records.map(({ body }) => apply(parseOrderEvent({ body }))));
      const failed = Records.filter((_, index) => settled[index]?.status === 'rejected');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
  },
};

/** @returns Whether the event was not seen before. */
async function mark(client: DynamoDBClient, id: string): Promise<boolean> {
  const expiration = Math.floor(Date.now() / 1000) + rememberedSeconds;
  try {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: { id: { S: id }, expiration: { N: String(expiration) } },
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
