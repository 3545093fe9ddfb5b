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
import { defaultMaxEventSize } from '../../contract/event/event-size.ts';
import { earliestFingerprint } from '../../contract/event/fingerprint.ts';
import { intakeKeyPrefix, intakeName } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { checkRecordTtl } from '../../contract/policies/record-ttl.ts';
import { truncate } from '../../contract/truncate.ts';
import { codeOf, describe } from '../../runtime/handler/errors.ts';
import { type Output, standardOutput } from '../../runtime/ports/output.ts';
import { FencedPersistenceLayer } from '../../runtime/powertools/fenced-persistence-layer.ts';
import { type Authorizer, callerOf, checkAccount } from './caller.ts';
import { idempotencyKeyHeader, readIdempotencyKey } from './idempotency-key.ts';
import { orderEventOf } from './order-request.ts';
import { type Answer, Problem, problemAnswer } from './problem.ts';
import { checkSequence, type SequenceBound } from './sequence-bound.ts';

/** The parts of an HTTP API's request (payload format 2.0) that the intake reads. */
export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly authorizer?: Authorizer };
}

/** The destination of accepted events. */
export interface EventSink {
  /** Bytes of an event with its attributes that the topic accepts. @default 262,144 (256 KiB) */
  readonly maxEventSize?: number;
  fits(event: OrderEvent): boolean;
  /**
   * @param firstPublished When the event was, or may have been, first sent, in ms since the epoch.
   * @throws If it is not certain that the topic accepted the event.
   */
  publish(event: OrderEvent, firstPublished: number): Promise<void>;
}

/** The reason why no consumer could ever apply an order. */
export interface Refusal {
  /** The path in the request's body, for example `order.orderId`. @default - the whole body */
  readonly field?: string | undefined;
  /** Text for the client. */
  readonly reason: string;
}

export interface IntakeOptions {
  readonly events: EventSink;
  /** Checks whether the consumers can apply a valid order. A refusal is answered with 422. @default - every valid order is accepted */
  readonly refusalOf?: (event: OrderEvent) => Refusal | undefined;
  /**
   * The claim of a token that names the account for which its bearer may order, or `"any"`.
   * @default - requests with a token are answered with 500
   */
  readonly jwtAccountClaim?: string | undefined;
  /** Bound of an order's sequence; a higher one is answered with 422. @default - any sequence is accepted */
  readonly sequenceBound?: SequenceBound | undefined;
  /** Name of the record table. */
  readonly table: string;
  /** How long a key is remembered, in seconds: as long as the consumers' records. */
  readonly recordTtlSeconds: number;
  /** Default: a new client with a time limit on each request. */
  readonly client?: DynamoDBClient;
  readonly clock?: Clock;
  readonly output?: Output;
}

interface Accepting {
  readonly caller: string;
  readonly key: string;
  /**
   * Fingerprint of the event, which must be the same under the same key. The earliest algorithm covers everything that a
   * client sends. With another algorithm, retries of existing records would be refused as other orders.
   */
  readonly fingerprint: string;
  readonly event: OrderEvent;
}

/**
 * An escaped byte takes six characters, so a longer body is larger than the topic accepts, or padded. It is refused unread:
 * Lambda accepts 6 MB, and a list of small numbers of that size fills the function's memory.
 */
const charactersPerByte = 6;

/**
 * Makes the handler of `POST /orders`. It publishes an order's event and answers 202; a retry gets the first answer.
 *
 * The record of a failed request stays, with its payload and the time of its first try. Without it, a client could send
 * another order under the key of an order that may be published, and a retry after weeks would look like a new event.
 *
 * @throws ConfigurationError if POWERTOOLS_IDEMPOTENCY_DISABLED is set, or if records would not outlive the messages of their
 *   events.
 */
export function createIntake(options: IntakeOptions) {
  const { events, table, recordTtlSeconds, client, clock = systemClock, output = standardOutput } = options;
  const { refusalOf = () => undefined, jwtAccountClaim, sequenceBound } = options;
  const { maxEventSize = defaultMaxEventSize } = events;
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
      const { authorizer } = request.requestContext;
      const caller = callerOf(authorizer);
      const key = readIdempotencyKey(request.headers?.[idempotencyKeyHeader]);
      event = orderEventOf({ caller, key, body: bodyOf(request, maxEventSize) });
      checkAccount(event.partitionkey, authorizer, jwtAccountClaim);
      if (!events.fits(event)) throw tooLarge(maxEventSize);
      const refusal = refusalOf(event);
      if (refusal !== undefined) throw notApplicable(refusal);
      // Before the key is claimed, so that a client can correct the order and keep its key.
      if (sequenceBound !== undefined) await checkSequence(event, sequenceBound);
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

function bodyOf({ body, isBase64Encoded = false }: HttpRequest, maxEventSize: number): string {
  const text = isBase64Encoded ? decoded(body ?? '') : (body ?? '');
  if (text.length > charactersPerByte * maxEventSize) throw tooLarge(maxEventSize);
  return text;
}

function decoded(body: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'base64'));
  } catch (cause) {
    throw new Problem(400, 'INVALID_JSON', 'The body is not UTF-8', { cause });
  }
}

function tooLarge(maxEventSize: number): Problem {
  const most = maxEventSize % 1024 === 0 ? `${maxEventSize / 1024} KiB` : `${maxEventSize} bytes`;
  return new Problem(413, 'TOO_LARGE', `The order is too large: as an event it may have at most ${most}`);
}

function notApplicable({ field, reason }: Refusal): Problem {
  const named = field === undefined ? {} : { field: truncate(field) };
  return new Problem(422, 'NOT_APPLICABLE', truncate(reason), named);
}

/** Turns an error into the client's answer. The client can retry every error that it did not cause. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const cause = { cause: error };
  if (error instanceof IdempotencyAlreadyInProgressError) {
    return new Problem(
      409,
      'IN_PROGRESS',
      'A request with this Idempotency-Key is still running: send the same again later',
      cause,
    );
  }
  if (error instanceof IdempotencyValidationError) {
    const field = { field: 'Idempotency-Key', cause: error };
    return new Problem(
      422,
      'KEY_REUSED',
      'This Idempotency-Key was used for another order: use a new key',
      field,
    );
  }
  if (rootOf(error) instanceof ConfigurationError) {
    return new Problem(
      500,
      'CONFIGURATION',
      'The configuration of the intake is wrong: its log says how',
      cause,
    );
  }
  return new Problem(
    503,
    'UNAVAILABLE',
    'The order may or may not be accepted: send the same request again',
    cause,
  );
}

/** Powertools wraps the store's error into its own. */
function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error;
}

/** The cause behind the client's message, for the log. */
function reasonOf(failure: Problem): string {
  const root = rootOf(failure);
  return root === failure ? failure.message : `${codeOf(root)}: ${describe(root)}`;
}
