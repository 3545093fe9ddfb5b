import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder } from '../../../lambda/order/apply-order.ts';
import { writeOf } from '../../../runtime/stores/dynamodb/effects.ts';
import { effectTables } from '../tables.ts';

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

export const handleOrder = applyOrder(effectTables);

/** The same effect for all: the writes of an order, in one transaction. */
export async function effectsOf(event: OrderEvent) {
  return { TransactItems: (await handleOrder(event)).map(writeOf) };
}

export class HandlerError extends Error {
  constructor() {
    super('It fails each time');
  }
}
