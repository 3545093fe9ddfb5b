import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder, orderTables } from '../../../lambda/order/apply-order.ts';
import { resolveTables } from '../../../runtime/consumer/resolve-tables.ts';
import { encode } from '../../../runtime/handler/effects/of-kind.ts';

/** What a consumer did besides its requests to DynamoDB. */
export interface Besides {
  /** Requests to SQS of its own: what Lambda's pollers send is not among them. */
  queueRequests: number;
  /** Bytes of the lines that it logged, line ends included. */
  loggedBytes: number;
}

export interface Means {
  readonly client: DynamoDBClient;
  /** Whether each handler fails, before it has done anything. */
  readonly fails: boolean;
  readonly besides: Besides;
}

export type Consume = (batch: SQSEvent) => Promise<SQSBatchResponse>;

/** A way of applying an event once. */
export interface Subject {
  readonly name: string;
  /** Where its messages come from: a FIFO topic and its FIFO queue, or a standard queue that producers send to. */
  readonly source: 'fifo' | 'standard';
  consumer(means: Means): Consume;
}

/** For how long each remembers an event. */
export const rememberedSeconds = 45 * 86_400;

const tables = resolveTables(orderTables);

/** The same effect for all: the writes of an order, in one transaction. */
export function effectsOf(event: OrderEvent) {
  return { TransactItems: applyOrder(event, { tables }).map((effect) => encode(effect).write) };
}

export class HandlerError extends Error {
  constructor() {
    super('It fails each time');
  }
}
