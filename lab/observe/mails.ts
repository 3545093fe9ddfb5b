import { readReference } from '../../contract/orders/mail.ts';
import { EndpointError } from '../../system/errors.ts';
import type { ClientConfig } from '../target/client-config.ts';

/** A mail that an emulator's SES took. */
export interface Mail {
  /** The key that the mail's text names as its reference; no emulator shows a mail's tags. */
  readonly idempotencyKey: string | undefined;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Where MiniStack and LocalStack list what was sent. */
const paths = ['/_ministack/ses/messages', '/_aws/ses'];

/**
 * All mails that were sent through the endpoint's SES.
 * @throws EndpointError where it lists none at either path.
 */
export async function readMails({ endpoint }: Pick<ClientConfig, 'endpoint'>): Promise<Mail[]> {
  for (const path of paths) {
    const response = await fetch(new URL(path, endpoint));
    const body = response.ok ? await response.json().catch(() => undefined) : undefined;
    if (body !== undefined) return parseMails(body);
  }
  throw new EndpointError(`${endpoint} lists no mails, neither at ${paths.join(' nor at ')}`);
}

interface MiniStackMail {
  readonly To: readonly string[];
  readonly Subject: string;
  readonly BodyText: string;
  readonly BodyHtml: string | null;
}

interface LocalStackMail {
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Subject?: string;
  readonly Body?: { readonly text_part?: string; readonly html_part?: string };
}

/** MiniStack lists mails by account, LocalStack in one list. */
export function parseMails(body: unknown): Mail[] {
  const { messages = [] } = body as {
    messages?: readonly LocalStackMail[] | Readonly<Record<string, readonly MiniStackMail[]>>;
  };
  if (isList(messages)) {
    return messages.map(({ Destination, Subject = '', Body }) =>
      mail(Destination?.ToAddresses ?? [], Subject, Body?.text_part ?? '', Body?.html_part ?? ''),
    );
  }
  return Object.values(messages)
    .flat()
    .map(({ To, Subject, BodyText, BodyHtml }) => mail(To, Subject, BodyText, BodyHtml ?? ''));
}

function isList<Entry>(value: readonly Entry[] | object): value is readonly Entry[] {
  return Array.isArray(value);
}

function mail(to: readonly string[], subject: string, text: string, html: string): Mail {
  return { idempotencyKey: readReference(text), to, subject, text, html };
}
