import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { type Clock, systemClock } from '../../contract/clock.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { earliestFingerprint } from '../../contract/event/fingerprint.ts';
import { intakeKeyPrefix, intakeName } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { checkRecordTtl } from '../../contract/policies/record-ttl.ts';
import { truncate } from '../../contract/truncate.ts';
import { codeOf, describe } from '../../runtime/handler/errors.ts';
import { type Output, standardOutput } from '../../runtime/ports/output.ts';
import { FencedPersistenceLayer } from '../../runtime/powertools/fenced-persistence-layer.ts';
import { type Authorizer, callerOf } from './caller.ts';
import { idempotencyKeyHeader, readIdempotencyKey } from './idempotency-key.ts';
import { orderEventOf } from './order-request.ts';
import { type Answer, Problem, problemAnswer } from './problem.ts';

/** Of an HTTP API's request (payload format 2.0) what the intake reads. */
export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly authorizer?: Authorizer };
}

/** Where accepted events go. */
export interface EventSink {
  fits(event: OrderEvent): boolean;
  /**
   * @param firstPublished When the event was, or may have been, sent for the first time; ms since the epoch.
   * @throws Unless it is certain that the event was taken.
   */
  publish(event: OrderEvent, firstPublished: number): Promise<void>;
}

/** Why no consumer could ever apply an order. */
export interface Refusal {
  /** The path in the request's body, `order.orderId` for instance. @default - the whole body */
  readonly field?: string | undefined;
  /** For the client. */
  readonly reason: string;
}

export interface IntakeOptions {
  readonly events: EventSink;
  /** The consumers' word on a valid order: a refusal is answered with 422. @default - every valid order is accepted */
  readonly refusalOf?: (event: OrderEvent) => Refusal | undefined;
  /** Name of the record table. */
  readonly table: string;
  /** How long a key counts, in seconds: as long as the consumers' records. */
  readonly recordTtlSeconds: number;
  /** Default: a client of its own, with a bound on each request. */
  readonly client?: DynamoDBClient;
  readonly clock?: Clock;
  readonly output?: Output;
}

interface Accepting {
  readonly caller: string;
  readonly key: string;
  /**
   * Of the event: what must be the same under the same key. The earliest algorithm sees all that a client says. By another
   * one a retry would be refused as another order, for as long as its record counts.
   */
  readonly fingerprint: string;
  readonly event: OrderEvent;
}

/**
 * Characters. Escaped, a byte of an event takes six of them, so what is longer is larger than the topic takes, or
 * padded. It is refused unread: of the 6 MB that Lambda takes, a list of small numbers fills the function's memory.
 */
const maxBodyLength = 6 * 256 * 1024;

/**
 * The handler of `POST /orders`: publishes an order's event and answers 202; a retry gets the first answer.
 *
 * The record of a request that failed stays, with its payload and the time of its first try. Deleted, it would let a
 * client send another order under the key of one that may be on its way, and a retry after weeks pass for a new event.
 *
 * @throws ConfigurationError where POWERTOOLS_IDEMPOTENCY_DISABLED is set, or records would not outlive the messages of their events.
 */
export function createIntake(options: IntakeOptions) {
  const { events, table, recordTtlSeconds, client, clock = systemClock, output = standardOutput } = options;
  const { refusalOf = () => undefined } = options;
  checkRecordTtl('recordTtlSeconds', recordTtlSeconds);
  const store = new FencedPersistenceLayer({
    tableName: table,
    consumer: intakeName,
    afterError: 'release',
    clock,
    output,
    ...(client && { awsSdkV3Client: client }),
  });
  const config = new IdempotencyConfig({
    eventKeyJmesPath: '[caller, key]',
    payloadValidationJmesPath: 'fingerprint',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: recordTtlSeconds,
  });
  const accept = makeIdempotent(
    async (request: Accepting): Promise<Answer> => {
      const { event } = request;
      await events.publish(event, store.firstAttemptAt(request) ?? clock.now());
      const { source, id } = event;
      return {
        statusCode: 202,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ source, id }),
      };
    },
    { persistenceStore: store, config, keyPrefix: intakeKeyPrefix },
  );

  return async (request: HttpRequest, context: Context): Promise<Answer> => {
    let event: OrderEvent | undefined;
    let failure: Problem | undefined;
    let answer: Answer;
    try {
      const caller = callerOf(request.requestContext.authorizer);
      const key = readIdempotencyKey(request.headers?.[idempotencyKeyHeader]);
      event = orderEventOf({ caller, key, body: bodyOf(request) });
      if (!events.fits(event)) throw tooLarge();
      const refusal = refusalOf(event);
      if (refusal !== undefined) throw notApplicable(refusal);
      config.registerLambdaContext(context);
      answer = await accept({ caller, key, fingerprint: earliestFingerprint(event), event });
    } catch (error) {
      failure = problemOf(error);
      answer = problemAnswer(failure);
    }
    const { statusCode: status } = answer;
    output(
      JSON.stringify({
        level: status >= 500 ? 'ERROR' : failure ? 'WARN' : 'INFO',
        timestamp: new Date(clock.now()).toISOString(),
        message: 'order request',
        status,
        ...(event && { source: event.source, eventId: event.id }),
        ...(failure && { code: failure.code, reason: reasonOf(failure), field: failure.field }),
      }),
    );
    return answer;
  };
}

function bodyOf({ body, isBase64Encoded = false }: HttpRequest): string {
  const text = isBase64Encoded ? decoded(body ?? '') : (body ?? '');
  if (text.length > maxBodyLength) throw tooLarge();
  return text;
}

function decoded(body: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'base64'));
  } catch (cause) {
    throw new Problem(400, 'INVALID_JSON', 'The body is not UTF-8', { cause });
  }
}

function tooLarge(): Problem {
  return new Problem(413, 'TOO_LARGE', 'The order is larger than the topic takes: 256 KiB as an event');
}

function notApplicable({ field, reason }: Refusal): Problem {
  const named = field === undefined ? {} : { field: truncate(field) };
  return new Problem(422, 'NOT_APPLICABLE', truncate(reason), named);
}

/** What a client is told of an error; whatever is not its own mistake it may try again. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const cause = { cause: error };
  if (error instanceof IdempotencyAlreadyInProgressError) {
    return new Problem(409, 'IN_PROGRESS', 'A request with this Idempotency-Key is under way', cause);
  }
  if (error instanceof IdempotencyValidationError) {
    const field = { field: 'Idempotency-Key', cause: error };
    return new Problem(422, 'KEY_REUSED', 'This Idempotency-Key came with another order before', field);
  }
  if (rootOf(error) instanceof ConfigurationError) {
    return new Problem(500, 'CONFIGURATION', 'The intake is not set up', cause);
  }
  return new Problem(503, 'UNAVAILABLE', 'The order may or may not be accepted: send the same again', cause);
}

/** Powertools puts its own error around what a store throws. */
function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error;
}

/** For the log: what is behind the words for the client. */
function reasonOf(failure: Problem): string {
  const root = rootOf(failure);
  return root === failure ? failure.message : `${codeOf(root)}: ${describe(root)}`;
}
