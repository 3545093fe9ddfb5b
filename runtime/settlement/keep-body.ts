import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { sha256 } from '../../contract/event/identity.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
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
  context: DeliveryContext,
): Promise<KeptBody> {
  if (fitsRecord(message.body)) return { body: message.body };
  await copyBody(message, outcome, context);
  return { bodySha256: sha256(message.body) };
}

/** A copy in the dead-letter queue, in place of the body that the record has no room for. */
export async function copyBody(
  message: Message<CloudEvent>,
  { recordId, attempt, reason }: UnknownOutcome,
  { consumer, dependencies, warn }: DeliveryContext,
): Promise<void> {
  const text = `Its record has no room for its body, so this copy keeps it until its outcome is resolved: ${reason}`;
  const why = { code: 'BODY_KEPT', message: text, consumer, recordId, attempt };
  const lacks = await sendCopy(message, why, dependencies.deadLetters);
  if (lacks !== '') warn(`${lacks}. It is the only one of record ${recordId}, whose outcome is unknown`);
}
