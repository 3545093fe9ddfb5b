import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { SQSHandler, SQSRecord } from 'aws-lambda';
import { environmentNames, readEnvironment, readTables } from '../../contract/environment.ts';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import { applyOrder, orderTables } from '../../lambda/order/apply-order.ts';
import { resolveTables } from '../../runtime/consumer/resolve-tables.ts';
import { encode } from '../../runtime/handler/effects/of-kind.ts';
import { connect } from '../batches/contestants/client.ts';

const client = connect();
const tables = resolveTables(orderTables, readTables());
const config = new IdempotencyConfig({
  eventKeyJmesPath: '[source, id]',
  payloadValidationJmesPath: '[type, subject, partitionkey, sequence, data]',
  throwOnNoIdempotencyKey: true,
});
const persistenceStore = new DynamoDBPersistenceLayer({
  tableName: readEnvironment(environmentNames.recordsTable),
  awsSdkV3Client: client,
});

/** The same effects as our consumer, in one transaction, which is the smallest possible number of requests. */
const apply = makeIdempotent(
  async (event: OrderEvent) => {
    const TransactItems = applyOrder(event, { tables }).map((effect) => encode(effect).write);
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return { orderId: event.subject };
  },
  { persistenceStore, config },
);

const processor = new SqsFifoPartialProcessorAsync();

/**
 * A consumer as in the Powertools documentation for FIFO queues. It logs a line for each message, like our consumer. If
 * a function logs nothing, the emulator waits 50 ms at the end of each invocation.
 */
export const handler: SQSHandler = async (batch, context) => {
  config.registerLambdaContext(context);
  const handleRecord = async ({ body, messageId }: SQSRecord) => {
    const { orderId } = await apply(parseOrderEvent({ body }));
    process.stdout.write(`${JSON.stringify({ message: 'applied', messageId, orderId })}\n`);
  };
  return await processPartialResponse(batch, handleRecord, processor, { context, skipGroupOnError: true });
};
