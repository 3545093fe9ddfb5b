import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { sha256 } from '../../contract/event/identity.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { Reason } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import type { KeptBody } from '../ports/record-store.ts';
import { maxContentBytes } from '../stores/content-size.ts';
import { sendCopy } from './send-copy.ts';

/** Which unknown outcome a body is kept for. */
export interface UnknownOutcome {
  readonly recordId: string;
  /** The record's `attempt`, by which `resolve` calls the outcome. */
  readonly attempt: string;
  readonly reason: string;
}

export function fitsRecord(body: string): boolean {
  return Buffer.byteLength(body) <= maxContentBytes;
}

/**
 * What the record of an unknown outcome keeps of a message's body. A body that fits no record goes to the dead-letter
 * queue first, and the record names its digest. A crash between the two leaves a copy too many, and never none.
 *
 * @throws Whatever the dead-letter queue throws; then the record must not be written.
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

/** Why a copy is in the dead-letter queue in place of the body that a record has no room for. */
export function bodyKept({ recordId, attempt, reason }: UnknownOutcome): Reason {
  const message = `Its record has no room for its body, so this copy keeps it until its outcome is resolved: ${reason}`;
  return { code: 'BODY_KEPT', message, recordId, attempt };
}
