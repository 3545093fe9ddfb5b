import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { idempotencyKeyTag } from '../../contract/orders/mail.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { orderTypeOf } from '../../contract/orders/order-types.ts';
import { type ExternalHandler, NotExecutedError } from '../../runtime/index.ts';
import { mailboxOf } from './mailbox.ts';
import { orderTemplate } from './order-template.ts';
import { sesClient } from './ses-client.ts';
import { meaningOf } from './ses-errors.ts';

export interface MailOptions {
  /** The sender's address, verified with SES. */
  readonly from: string;
  /** The domain of the accounts' mailboxes. */
  readonly domain: string;
  /** A client without retries. @default - `sesClient()` */
  readonly client?: Pick<SESv2Client, 'send'>;
}

/** Mails the account of an order, if the table of event types asks for a mail. */
export function mailOrder({ from, domain, client = sesClient() }: MailOptions): ExternalHandler<OrderEvent> {
  return async ({ type, partitionkey: account, data }, { idempotencyKey, signal }) => {
    const { mail } = orderTypeOf({ type });
    if (mail === undefined) return 'nothing to mail';
    const recipient = mailboxOf(account, domain);
    const command = new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [recipient] },
      Content: { Template: orderTemplate(mail, data, idempotencyKey) },
      EmailTags: [{ Name: idempotencyKeyTag, Value: idempotencyKey }],
    });
    if (signal.aborted) throw new NotExecutedError('No time was left to send a mail');
    try {
      const { MessageId } = await client.send(command, { abortSignal: signal });
      return { mail: MessageId ?? null };
    } catch (error) {
      throw meaningOf(error, recipient);
    }
  };
}
