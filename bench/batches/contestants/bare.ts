import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder, orderTables } from '../../../lambda/order/apply-order.ts';
import { dependenciesFromEnvironment } from '../../../runtime/consumer/dependencies-from-environment.ts';
import { createConsumer, dynamoDbEffectStore, exactlyOnce } from '../../../runtime/index.ts';
import { remaining } from '../../../test/support/sqs.ts';
import { recordTables } from '../tables.ts';
import { connect } from './client.ts';
import type { Contestant } from './contestant.ts';

const client = connect();

/** The transactions that our runtime would send for a batch of first deliveries. */
async function transactionsOf(batch: SQSEvent): Promise<TransactWriteItemsCommandInput[]> {
  const inputs: TransactWriteItemsCommandInput[] = [];
  const recorder = {
    send: async (command: object) => {
      // Beside its first delivery, a process also writes since when its consumer applies events.
      if (command instanceof TransactWriteItemsCommand) inputs.push(command.input);
      return {};
    },
  } as unknown as DynamoDBClient;
  const store = dynamoDbEffectStore({ table: recordTables.ours, client: recorder });
  const consumer = createConsumer(
    {
      name: 'bare',
      parse: parseOrderEvent,
      guarantee: exactlyOnce(),
      tables: orderTables,
      handle: applyOrder,
    },
    { ...dependenciesFromEnvironment(), store, output: () => {} },
  );
  await consumer(batch, remaining());
  return inputs;
}

/** Sends the requests of our runtime at once with the bare client. No runtime with this client can be faster. */
export const bare: Contestant = async (batch) => {
  const inputs = await transactionsOf(batch);
  return async () => {
    await Promise.all(inputs.map(send));
    return 0;
  };
};

async function send(input: TransactWriteItemsCommandInput): Promise<void> {
  try {
    await client.send(new TransactWriteItemsCommand(input));
  } catch (error) {
    // A duplicate: its record exists, so DynamoDB cancels the transaction.
    if (!(error instanceof TransactionCanceledException)) throw error;
  }
}
