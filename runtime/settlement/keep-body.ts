import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { sha256 } from '../../contract/event/identity.ts';
import { keptAttributes } from '../aws/packed-attributes.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Reason } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import type { KeptBody } from '../ports/record-store.ts';
import { maxContentBytes } from '../stores/content-size.ts';
import { listMessage } from './list-message.ts';
import { sendCopy } from './send-copy.ts';

/** The unknown outcome to which a kept body belongs. */
export interface UnknownOutcome {
  readonly recordId: string;
  /** The record's `attempt`, which `resolve` needs. */
  readonly attempt: string;
  readonly reason: string;
}

/** What a record keeps of a message, to send it again; `undefined` if that does not fit. */
function contentOf({ body, attributes, publishedAt }: Message<CloudEvent>): KeptBody | undefined {
  const messageAttributes = keptAttributes(attributes, publishedAt);
  const bytes = Buffer.byteLength(body) + Buffer.byteLength(messageAttributes);
  return bytes <= maxContentBytes ? { body, messageAttributes } : undefined;
}

/** Whether a record has room for the body and the attributes of a message. */
export function fitsRecord(message: Message<CloudEvent>): boolean {
  return contentOf(message) !== undefined;
}

/**
 * Returns what the record of an unknown outcome stores of a message: its body and its attributes. If they are too large
 * for a record, a copy first goes to the dead-letter queue, and the record stores the body's digest. After a crash between
 * the two there may be one copy too many, but a copy is never missing.
 *
 * @throws The error of the dead-letter queue; then the record must not be written.
 */
export async function keepBody(
  message: Message<CloudEvent>,
  outcome: UnknownOutcome,
  context: DeliveryContext,
): Promise<KeptBody> {
  const { consumer, dependencies, warn } = context;
  const content = contentOf(message);
  if (content !== undefined) return content;
  const reason = bodyKept(outcome);
  const lacks = await sendCopy(message, { ...reason, consumer }, dependencies.deadLetters);
  // The record is listed as an unknown outcome, and does not stand for the copy: a late owner may still complete it.
  await listMessage(message, 'DEAD_LETTER', reason, context);
  if (lacks !== '')
    warn(`${lacks}. It is the only one of record ${outcome.recordId}, whose outcome is unknown`);
  return { bodySha256: sha256(message.body) };
}

/** The reason of a copy that keeps a body which is too large for a record. */
export function bodyKept({ recordId, attempt, reason }: UnknownOutcome): Reason {
  const message = `Its record has no room for its body, so this copy keeps it until its outcome is resolved: ${reason}`;
  return { code: 'BODY_KEPT', message, recordId, attempt };
}
