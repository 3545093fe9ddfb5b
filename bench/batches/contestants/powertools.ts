import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Context, SQSRecord } from 'aws-lambda';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { remaining } from '../../../test/support/sqs.ts';
import { recordTables } from '../tables.ts';
import { connect, effectsOf } from './client.ts';
import type { Contestant } from './contestant.ts';

const client = connect();
const config = new IdempotencyConfig({
  eventKeyJmesPath: '[source, id]',
  payloadValidationJmesPath: '[type, subject, partitionkey, sequence, data]',
  throwOnNoIdempotencyKey: true,
});
const apply = makeIdempotent(
  async (event: OrderEvent) => {
    await client.send(new TransactWriteItemsCommand({ TransactItems: await effectsOf(event) }));
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
const processor = new SqsFifoPartialProcessorAsync();
const context = remaining() as Context;

/**
 * Follows its documentation for FIFO queues, because its parallel processor keeps no order. Its local cache is off, as
 * by default; it only knows the duplicates of its own process.
 */
export const powertools: Contestant = async (batch) => async () => {
  config.registerLambdaContext(context);
  const { batchItemFailures } = await processPartialResponse(
    batch,
    async ({ body }: SQSRecord) => await apply(parseOrderEvent({ body })),
    processor,
    { context, skipGroupOnError: true },
  );
  return batchItemFailures.length;
};
