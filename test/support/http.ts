import type { Context } from 'aws-lambda';
import type { HttpRequest } from '../../lambda/intake/create-intake.ts';

export interface Posting {
  readonly key?: string;
  readonly body?: unknown;
  /** As API Gateway's IAM authorizer names who calls. */
  readonly userId?: string;
}

/** An order as a client sends it. */
export function anOrderBody(over: object = {}, order: object = {}) {
  return {
    account: 'customer-17850',
    sequence: '1',
    ...over,
    order: {
      orderId: '536365',
      currency: 'GBP',
      lines: [{ sku: '85123A', quantity: 6, unitPrice: 2.55 }],
      total: 15.3,
      ...order,
    },
  };
}

/** `POST /orders` as an HTTP API hands it to its function. */
export function post({ key, body = anOrderBody(), userId = 'AIDAEXAMPLE' }: Posting): HttpRequest {
  return {
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { authorizer: { iam: { userId } } },
  };
}

export function contextOf(remaining: number): Context {
  return { getRemainingTimeInMillis: () => remaining } as Context;
}
