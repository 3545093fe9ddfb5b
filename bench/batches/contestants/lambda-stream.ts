import { fromSqsEvent } from 'aws-lambda-stream/from/sqs';
import { timestampCondition, updateDynamoDB, updateExpression } from 'aws-lambda-stream/sinks/dynamodb';
import { toGroupUows } from 'aws-lambda-stream/utils/batch';
import { toPromise } from 'aws-lambda-stream/utils/handler';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { customersTable, ledgerTable, ordersTable } from '../../../contract/orders/order-tables.ts';
import { batchSize } from '../orders.ts';
import { effectTables } from '../tables.ts';
import type { Contestant } from './contestant.ts';

/** Created once, because each one creates a client with its own connections. */
const update = (tableName: string) => updateDynamoDB({ tableName, parallel: batchSize });
const updateOrders = update(effectTables.orders);
const updateLedger = update(effectTables.ledger);
const updateCustomers = update(effectTables.customers);

interface OrderWork {
  readonly event: OrderEvent;
}

interface AccountWork {
  readonly batch: readonly OrderWork[];
}

/**
 * Follows its documentation: orders in parallel, then grouped by account to save requests. It keeps no record of
 * applied events: a batch that fails after the ledger is delivered again, and is added again.
 */
export const lambdaStream: Contestant = async (batch) => async () => {
  await fromSqsEvent<OrderEvent>(batch)
    .map(toOrderUpdate)
    .through(updateOrders)
    .group(({ event }) => event.partitionkey)
    .flatMap(toGroupUows)
    .map(toLedgerUpdate)
    .through(updateLedger)
    .map(toCustomerUpdate)
    .through(updateCustomers)
    .through(toPromise);
  return 0;
};

function toOrderUpdate<Work extends OrderWork>(work: Work) {
  const { type, partitionkey: account, sequence, data } = work.event;
  const { orderId, ...order } = data;
  const item = {
    ...order,
    [ordersTable.sequence]: Number(sequence),
    status: type === 'order.placed' ? 'placed' : 'cancelled',
    account,
  };
  return {
    ...work,
    updateRequest: {
      Key: { [ordersTable.key]: orderId },
      ...updateExpression(item),
      ...timestampCondition(ordersTable.sequence),
    },
  };
}

function toLedgerUpdate<Work extends AccountWork>(work: Work) {
  const { spent, orders } = ledgerTable;
  return {
    ...work,
    updateRequest: {
      Key: { [ledgerTable.key]: accountOf(work) },
      UpdateExpression: 'ADD #spent :spent, #orders :orders',
      ExpressionAttributeNames: { '#spent': spent, '#orders': orders },
      ExpressionAttributeValues: {
        ':spent': work.batch.reduce((sum, { event }) => sum + event.data.total, 0),
        ':orders': work.batch.length,
      },
    },
  };
}

function toCustomerUpdate<Work extends AccountWork>(work: Work) {
  const latest = work.batch.at(-1)?.event;
  const item = {
    [customersTable.latestOrder]: latest?.subject,
    [customersTable.sequence]: Number(latest?.sequence),
  };
  return {
    ...work,
    updateRequest: {
      Key: { [customersTable.key]: accountOf(work) },
      ...updateExpression(item),
      ...timestampCondition(customersTable.sequence),
    },
  };
}

function accountOf({ batch }: AccountWork): string | undefined {
  return batch[0]?.event.partitionkey;
}
