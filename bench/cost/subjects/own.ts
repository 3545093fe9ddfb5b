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
 * The usual hand-written solution over a standard queue. A conditional put marks the event as seen, then the effect is
 * written. If the effect fails, the mark is deleted. The messages of a batch run at once, because a standard queue has
 * no order.
 *
 * It is not safe. If the process dies between mark and effect, the redelivered message looks like a duplicate, so the
 * order is lost. With the mark after the effect, the order would be applied twice instead.
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

/** Marks the event as seen. @returns Whether it was new. */
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
