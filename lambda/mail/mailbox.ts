import { shorten } from '../../contract/shorten.ts';
import { PermanentError } from '../../runtime/errors.ts';

/** A dot-atom (RFC 5322, 3.2.3): what needs no quotes. SES takes ASCII only. */
const localPart = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
/** In characters (RFC 5321, 4.5.3.1.1). */
const maxLocalPart = 64;

/**
 * The mailbox of an account.
 * @throws PermanentError for an account that makes none: no address is made up for it.
 */
export function mailboxOf(account: string, domain: string): string {
  if (!localPart.test(account) || account.length > maxLocalPart) {
    throw new PermanentError(
      `partitionkey: "${shorten(account)}" makes no mailbox at ${domain}; it takes 1 to ${maxLocalPart} ASCII ` +
        'characters without blanks, quotes, brackets, "," and "@", and no dot at either end or beside another',
    );
  }
  return `${account}@${domain}`;
}
