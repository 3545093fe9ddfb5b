import * as v from 'valibot';
import { cloudEvent, eventParser } from '../event/event-parser.ts';
import { orderTypeNames } from './order-types.ts';

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));

/** A number of at most 38 digits, DynamoDB's precision: the tables compare orders and customers by it. */
const number = v.pipe(
  v.string(),
  v.regex(/^\d{1,38}$/, 'must be a string of 1 to 38 digits: orders are compared by it as a number'),
);

/** Real orders hold quantities and totals of zero and below: returns, corrections, gifts. All are valid. */
const orderLine = v.looseObject({
  sku: text,
  description: v.optional(v.string()),
  quantity: v.number(),
  unitPrice: v.number(),
});

const order = v.looseObject({
  orderId: text,
  customerId: v.optional(text),
  currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code of three capital letters')),
  lines: v.array(orderLine),
  total: v.number(),
});

/** An event of an order. What each type does is in order-types.ts. */
export const orderEvent = v.looseObject({
  ...cloudEvent.entries,
  type: v.picklist(orderTypeNames),
  /** The order id. */
  subject: text,
  sequence: number,
  data: order,
});

export type OrderEvent = v.InferInput<typeof orderEvent>;

export const parseOrderEvent = eventParser<OrderEvent>(orderEvent);
