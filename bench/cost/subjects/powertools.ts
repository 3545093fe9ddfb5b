import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { remaining } from '../../../test/support/sqs.ts';
import { recordTables } from '../tables.ts';
import { effectsOf, HandlerError, rememberedSeconds, type Subject } from './subject.ts';

/**
 * Powertools' `makeIdempotent` over DynamoDB, called for one message after the other, as in its documentation for
 * batches. Failed messages are returned, and the other messages go on.
 */
export const powertoolsSubject: Subject = {
  name: 'Powertools idempotency',
  source: 'fifo',
  consumer: ({ client, fails }) => {
    const config = new IdempotencyConfig({
      eventKeyJmesPath: '[source, id]',
      throwOnNoIdempotencyKey: true,
      expiresAfterSeconds: rememberedSeconds,
      lambdaContext: remaining() as Context,
    });
    const apply = makeIdempotent(
      async (event: OrderEvent) => {
        if (fails) throw new HandlerError();
        await client.send(new TransactWriteItemsCommand(await effectsOf(event)));
        return { orderId: event.subject };
      },
      {
        persistenceStore: new DynamoDBPersistenceLayer({
          tableName: recordTables.powertools,
          awsSdkV3Client: client,
        }),
        config,
      },
    );
    return async ({ Records }) => {
      const batchItemFailures = [];
      for (const { messageId, body } of Records) {
        try {
          await apply(parseOrderEvent({ body }));
        } catch {
          batchItemFailures.push({ itemIdentifier: messageId });
        }
      }
      return { batchItemFailures };
    };
  },
};
