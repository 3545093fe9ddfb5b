import { DynamoDBClient, type TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { environmentNames, readEnvironment } from '../../../contract/environment.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder, orderTables } from '../../../lambda/order/apply-order.ts';
import { dependenciesFromEnvironment } from '../../../runtime/consumer/dependencies-from-environment.ts';
import { createConsumer, dynamoDbEffectStore, exactlyOnce } from '../../../runtime/index.ts';

const client = new DynamoDBClient({});
client.middlewareStack.add(
  (next) => (args) => {
    const [, ...effects] = (args.input as TransactWriteItemsCommandInput).TransactItems ?? [];
    for (const { Put } of effects) {
      if (Put !== undefined) Put.ConditionExpression += ' OR attribute_exists(#version)';
    }
    return next(args);
  },
  { step: 'initialize' },
);

/** The fulfilment function with the condition on versions taken out: broken on purpose. */
export const handler = createConsumer(
  {
    parse: parseOrderEvent,
    guarantee: exactlyOnce(),
    tables: orderTables,
    handle: applyOrder,
  },
  {
    ...dependenciesFromEnvironment(),
    store: dynamoDbEffectStore({ table: readEnvironment(environmentNames.recordsTable), client }),
  },
);
