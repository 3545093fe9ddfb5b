import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { applyOrder, orderTables } from '../../../lambda/order/apply-order.ts';
import { resolveTables } from '../../../runtime/consumer/resolve-tables.ts';
import { encode } from '../../../runtime/handler/effects/of-kind.ts';

/** The work of a consumer besides its requests to DynamoDB. */
export interface Besides {
  /** Its own requests to SQS, without those of Lambda's pollers. */
  queueRequests: number;
  /** Size of its log lines, including line ends. */
  loggedBytes: number;
}

export interface Means {
  readonly client: DynamoDBClient;
  /** Whether the handler fails each time, before it does anything. */
  readonly fails: boolean;
  readonly besides: Besides;
}

export type Consume = (batch: SQSEvent) => Promise<SQSBatchResponse>;

/** A solution that applies each event once. */
export interface Subject {
  readonly name: string;
  /** Source of its messages: a FIFO topic with its FIFO queue, or a standard queue to which producers send directly. */
  readonly source: 'fifo' | 'standard';
  consumer(means: Means): Consume;
}

/** How long each solution remembers an event. */
export const rememberedSeconds = 45 * 86_400;

const tables = resolveTables(orderTables);

/** The effect of an order, the same for all solutions: its writes, in one transaction. */
export function effectsOf(event: OrderEvent) {
  return { TransactItems: applyOrder(event, { tables }).map((effect) => encode(effect).write) };
}

export class HandlerError extends Error {
  constructor() {
    super('The handler fails each time');
  }
}
