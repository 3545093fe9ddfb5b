import { makesMailbox, maxLocalPart } from '../../contract/orders/mail.ts';
import { truncate } from '../../contract/truncate.ts';
import { PermanentError } from '../../runtime/handler/errors.ts';

/**
 * The mailbox of an account.
 * @throws PermanentError for an account that makes none: no address is made up for it.
 */
export function mailboxOf(account: string, domain: string): string {
  if (!makesMailbox(account)) {
    throw new PermanentError(
      `partitionkey: "${truncate(account)}" makes no mailbox at ${domain}; it takes 1 to ${maxLocalPart} ASCII ` +
        'characters without blanks, quotes, brackets, "," and "@", and no dot at either end or beside another',
    );
  }
  return `${account}@${domain}`;
}
