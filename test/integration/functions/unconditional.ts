import { DynamoDBClient, type TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { environmentNames, readEnvironment } from '../../../contract/environment.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { dependenciesFromEnvironment } from '../../../runtime/consumer/dependencies-from-environment.ts';
import { createConsumer, dynamoDbEffectStore, exactlyOnce, increment } from '../../../runtime/index.ts';

const client = new DynamoDBClient({});
client.middlewareStack.add(
  (next) => (args) => {
    const record = (args.input as TransactWriteItemsCommandInput).TransactItems?.[0]?.Update;
    if (record !== undefined) record.ConditionExpression += ' OR attribute_exists(#id)';
    return next(args);
  },
  { step: 'initialize' },
);

/** The fulfilment function with the condition on its record taken out: broken on purpose. */
export const handler = createConsumer(
  {
    parse: parseOrderEvent,
    guarantee: exactlyOnce(),
    tables: { ledger: 'account' },
    handle: ({ partitionkey: account, data }, { tables }) => [
      increment(tables.ledger, { account }, { spent: data.total, orders: 1 }),
    ],
  },
  {
    ...dependenciesFromEnvironment(),
    store: dynamoDbEffectStore({ table: readEnvironment(environmentNames.recordsTable), client }),
  },
);
