import type { MessageAttributeValue, Message as ReceivedMessage } from '@aws-sdk/client-sqs';
import { checkText } from '../../contract/check-text.ts';
import { type Clock, systemClock } from '../../contract/clock.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { sha256 } from '../../contract/event/identity.ts';
import { deadLetterReasonAttribute, resolvedAttemptAttribute } from '../../contract/message-attributes.ts';
import { checkRecordTtl } from '../../contract/policies/record-ttl.ts';
import { type Random, systemRandom } from '../../contract/random.ts';
import { resendAttributes } from '../aws/packed-attributes.ts';
import { NotResolvableError, StoreBusyError } from '../handler/errors.ts';
import type { RecordStore, StoredRecord } from '../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../stores/record-format.ts';

/** A message that an operator sends to the consumer's own queue, not to the topic. */
export interface ResendMessage {
  readonly body: string;
  /**
   * The event's SQS message group, from its record. It is sent unchanged: it is already the publisher's form of the
   * partition key.
   */
  readonly messageGroup: string;
  /** A new id, because the queue would drop a message with the earlier one. */
  readonly deduplicationId: string;
  /**
   * The attributes of the event's earlier message, in the form of `SendMessage`, with the owner token of the record. At
   * most ten: the consumer unpacks the others.
   */
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
}

interface Unknown {
  readonly store: RecordStore;
  /** The idempotency key of the record. */
  readonly id: string;
  /**
   * The record's `attempt` when the operator looked. It identifies the outcome that is decided. Meanwhile another
   * operator may have sent the event again, and that newer outcome may be unknown too.
   */
  readonly attempt: string;
}

export type ResolveOptions =
  | (Unknown & {
      /** The operator found that the effect happened. */
      readonly as: 'done';
      /**
       * How long the completed record is valid, in seconds: the "ttl" of the record table, 3888000 (45 days) by
       * default. With less, the record could expire while messages of its event can still arrive, and the event would
       * run again.
       */
      readonly recordTtlSeconds: number;
      /** @default - the system's */
      readonly clock?: Clock;
    })
  | (Unknown & {
      /** The operator found that the effect did not happen, or accepts that it may happen twice. */
      readonly as: 'retry';
      readonly send: (message: ResendMessage) => Promise<void>;
      /**
       * The event's message, if it was too large for the record: the copy in the dead-letter queue whose
       * `dead-letter-reason` has the code `BODY_KEPT` and this `recordId`, as `ReceiveMessage` returns it with
       * `MessageAttributeNames: ['All']`. Delete that copy afterwards.
       * @default - body and attributes in the record
       */
      readonly copy?: Pick<ReceivedMessage, 'Body' | 'MessageAttributes'>;
      /** @default - the system's */
      readonly random?: Random;
    });

/**
 * Resolves an OUTCOME_UNKNOWN. `done` completes its record. `retry` writes nothing: it sends the event again with the
 * record's `attempt`, and the consumer claims the record with that `attempt`. So a late first owner can still complete,
 * and a decision that is sent twice runs once. `SendAgain`, `LookUp` in spec/OrderOnce.tla.
 *
 * @throws ConfigurationError for an invalid option, before anything is read, and for a record with a format that this
 *   version does not know.
 * @throws NotResolvableError if the record has no unknown outcome; StoreBusyError if the store is contended; the error
 *   of the store or of `send`. After an error it is safe to call this again.
 */
export async function resolve(options: ResolveOptions): Promise<void> {
  const { store, id, attempt } = checked(options);
  const record = await store.find(id);
  if (record !== undefined && !isKnownFormat(record)) throw laterFormat(id, record);
  // Completed by its late owner, or by an earlier call whose answer was lost.
  if (options.as === 'done' && record?.status === 'COMPLETED') return;
  if (record?.status !== 'OUTCOME_UNKNOWN') throw new NotResolvableError(id, found(record));
  if (record.ownerToken !== attempt) {
    throw new NotResolvableError(
      id,
      `is unknown by attempt ${record.ownerToken}, not by ${attempt}: look again`,
    );
  }
  if (options.as === 'done') return await complete(options);
  const { messageGroup } = record;
  const content = contentOf(record, options);
  // Another library wrote the record (Powertools stores no group). In another group the event could overtake others.
  if (messageGroup === undefined) {
    throw new NotResolvableError(
      id,
      `names no message group: send its "body" to the consumer's queue yourself, in the group that its event has ` +
        `there, with a new deduplication id and the attribute ${resolvedAttemptAttribute} = ${attempt}`,
    );
  }
  await options.send({
    ...content,
    messageGroup,
    deduplicationId: (options.random ?? systemRandom).uuid(),
  });
}

/** Checks the options, because operators type them, and a typing error must not count as a decision. */
function checked(options: ResolveOptions): ResolveOptions {
  checkText('id', options.id);
  checkText('attempt', options.attempt);
  if (options.as === 'done') checkRecordTtl('recordTtlSeconds', options.recordTtlSeconds);
  else if (options.as !== 'retry') {
    const { as } = options as { readonly as: unknown };
    throw new ConfigurationError(`as is ${JSON.stringify(as)}; it must be "done" or "retry"`);
  } else if (typeof options.send !== 'function') {
    throw new ConfigurationError(
      `send is ${typeof options.send}; it must be a function that sends a message`,
    );
  }
  return options;
}

/**
 * The body and the attributes to send.
 * @throws NotResolvableError if neither the record nor the operator has them, or the operator has those of another event.
 */
function contentOf(
  { body, messageAttributes, bodySha256, messageId }: StoredRecord,
  { id, attempt, copy }: Extract<ResolveOptions, { as: 'retry' }>,
): Pick<ResendMessage, 'body' | 'attributes'> {
  const own = { [resolvedAttemptAttribute]: { DataType: 'String', StringValue: attempt } };
  if (body !== undefined) return { body, attributes: resendAttributes(messageAttributes, own) };
  if (bodySha256 === undefined) throw new NotResolvableError(id, 'has no event to send again');
  if (copy === undefined) {
    throw new NotResolvableError(
      id,
      `had no room for the message of its event: give it as "copy". The dead-letter queue of the consumer has it, as the ` +
        `copy of message ${messageId}, whose dead-letter-reason has the code BODY_KEPT and this recordId`,
    );
  }
  const { Body = '', MessageAttributes: { [deadLetterReasonAttribute]: reason, ...attributes } = {} } = copy;
  const digest = sha256(Body);
  if (digest !== bodySha256) {
    throw new NotResolvableError(
      id,
      `is of another body: the SHA-256 of the "Body" of "copy" is ${digest}, and the record's body_sha256 ${bodySha256}`,
    );
  }
  // Every copy has a reason, so its other attributes are missing too.
  if (reason === undefined) {
    throw new NotResolvableError(
      id,
      `needs the attributes of its message, and "copy" has none: receive it with MessageAttributeNames: ['All']`,
    );
  }
  return { body: Body, attributes: { ...attributes, ...own } };
}

/** `ResolveDone` in spec/OrderOnce.tla. */
async function complete({
  store,
  id,
  attempt,
  clock = systemClock,
  recordTtlSeconds,
}: Extract<ResolveOptions, { as: 'done' }>): Promise<void> {
  const now = clock.now();
  const times = { now, expiration: Math.floor(now / 1000) + recordTtlSeconds };
  const answer = await store.resolveDone(id, attempt, times);
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  // The late owner, or an earlier call whose answer was lost, may have completed it meanwhile. That is a success too.
  if (answer.kind === 'fenced' && answer.record?.status !== 'COMPLETED') {
    throw new NotResolvableError(id, found(answer.record));
  }
}

function found(record: StoredRecord | undefined): string {
  const is = record === undefined ? 'does not exist' : `is ${record.status}`;
  return `${is}; only an OUTCOME_UNKNOWN can be resolved`;
}
