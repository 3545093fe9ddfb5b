/** The tag of a mail that holds the idempotency key of its event, for SES's event destinations. */
export const idempotencyKeyTag = 'idempotency-key';

const reference = 'Reference: ';

/** The line of a mail's text that names its event, for those who get it and for whoever counts mails per event. */
export function referenceLine(idempotencyKey: string): string {
  return `${reference}${idempotencyKey}`;
}

/** The idempotency key that a mail's text names; `undefined` where it names none. */
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
