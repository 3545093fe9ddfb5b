/** The tag of a mail that holds the idempotency key of its event, for SES's event destinations. */
export const idempotencyKeyTag = 'idempotency-key';

const reference = 'Reference: ';

/**
 * The line of a mail's text with the idempotency key of its event. Recipients and the verifier of a run can identify
 * the event by it.
 */
export function referenceLine(idempotencyKey: string): string {
  return `${reference}${idempotencyKey}`;
}

/** Reads the idempotency key from a mail's text; `undefined` if the text has none. */
export function readReference(text: string): string | undefined {
  return new RegExp(`^${reference}([0-9a-f]{64})$`, 'm').exec(text)?.[1];
}

/** A dot-atom (RFC 5322, 3.2.3): it needs no quotes. SES takes ASCII only. */
const localPart = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/** In characters (RFC 5321, 4.5.3.1.1). */
export const maxLocalPart = 64;

/** Whether an account can stand before the "@" of a mailbox. */
export function makesMailbox(account: string): boolean {
  return account.length <= maxLocalPart && localPart.test(account);
}
