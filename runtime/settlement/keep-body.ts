import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { sha256 } from '../../contract/event/identity.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Reason } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import type { KeptBody } from '../ports/record-store.ts';
import { maxContentBytes } from '../stores/content-size.ts';
import { sendCopy } from './send-copy.ts';

/** The unknown outcome to which a kept body belongs. */
export interface UnknownOutcome {
  readonly recordId: string;
  /** The record's `attempt`, which `resolve` needs. */
  readonly attempt: string;
  readonly reason: string;
}

export function fitsRecord(body: string): boolean {
  return Buffer.byteLength(body) <= maxContentBytes;
}

/**
 * Returns the part of the body that the record of an unknown outcome stores. A body that is too large for a record is
 * first copied to the dead-letter queue, and the record stores its digest. After a crash between the two there may be
 * one copy too many, but a copy is never missing.
 *
 * @throws The error of the dead-letter queue; then the record must not be written.
 */
export async function keepBody(
  message: Message<CloudEvent>,
  outcome: UnknownOutcome,
  { consumer, dependencies, warn }: DeliveryContext,
): Promise<KeptBody> {
  if (fitsRecord(message.body)) return { body: message.body };
  const why = { ...bodyKept(outcome), consumer };
  const lacks = await sendCopy(message, why, dependencies.deadLetters);
  if (lacks !== '')
    warn(`${lacks}. It is the only one of record ${outcome.recordId}, whose outcome is unknown`);
  return { bodySha256: sha256(message.body) };
}

/** The reason of a copy that keeps a body which is too large for a record. */
export function bodyKept({ recordId, attempt, reason }: UnknownOutcome): Reason {
  const message = `Its record has no room for its body, so this copy keeps it until its outcome is resolved: ${reason}`;
  return { code: 'BODY_KEPT', message, recordId, attempt };
}
