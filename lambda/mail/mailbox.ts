import { makesMailbox, maxLocalPart } from '../../contract/orders/mail.ts';
import { PermanentError } from '../../runtime/handler/errors.ts';

/**
 * Returns the mailbox of an account.
 * @throws PermanentError if the account is not a valid mailbox name. No address is made up for it.
 */
export function mailboxOf(account: string, domain: string): string {
  if (!makesMailbox(account)) {
    throw new PermanentError(
      `partitionkey: is not a mailbox name at ${domain}; use 1 to ${maxLocalPart} ASCII ` +
        'characters without blanks, quotes, brackets, "," and "@", without a dot at the start, at the end, or beside another',
    );
  }
  return `${account}@${domain}`;
}
