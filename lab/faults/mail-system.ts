import type { ClientConfig } from '../../local/endpoint/client-config.ts';
import type { EmulatorPages, Mail } from '../../local/endpoint/emulator-pages.ts';
import { type Answer, startFaultProxy } from './proxy/fault-proxy.ts';

/** Paths of version 2 of SES's API (Amazon SES API v2 Reference, "SendEmail", "CreateEmailIdentity"). */
export const sendEmailPath = '/v2/email/outbound-emails';
const identitiesPath = '/v2/email/identities';
/** The stand-in's own page: a list of its mails. */
const mailsPath = '/mails';

/** SES's own limit of a message, 40 MB (Amazon SES Developer Guide, "Service quotas"). */
export const maxMailBytes = 40 * 1024 * 1024;

/** What the verification needs of a mail. */
export interface SentMail {
  /** The idempotency key in the mail's text, because emulators do not show a mail's tags. */
  readonly idempotencyKey: string | undefined;
  readonly to: readonly string[];
}

/** A system that accepts mails, and shows which it accepted. */
export interface MailSystem {
  /** URL of its SES API, version 2. */
  readonly url: string;
  readMails(): Promise<Mail[]>;
  close(): Promise<void>;
}

/**
 * SES of the endpoint's emulator, or a stand-in if the emulator has none, or does not list its mails.
 * @param host Address on which the stand-in listens. @default - the loopback interface
 */
export async function openMailSystem(
  clientConfig: ClientConfig,
  pages: EmulatorPages | undefined,
  host?: string,
): Promise<MailSystem> {
  if (pages === undefined) return await startMailSystem(host);
  return {
    url: clientConfig.endpoint,
    readMails: () => pages.readMails(clientConfig),
    close: async () => {},
  };
}

interface SendEmail {
  readonly FromEmailAddress: string;
  readonly Destination: { readonly ToAddresses: readonly string[] };
  readonly Content: {
    readonly Template: {
      readonly TemplateContent: Readonly<Record<'Subject' | 'Text' | 'Html', string>>;
      readonly TemplateData: string;
    };
  };
}

/**
 * Starts a stand-in for SES on a free port of this machine: verified identities, and mails with an inline template. It
 * verifies an identity at once, where SES asks its owner, and delivers no mail.
 * @param host Address to listen on. @default - the loopback interface
 */
export async function startMailSystem(host?: string): Promise<MailSystem> {
  const mails: Mail[] = [];
  const verified = new Set<string>();
  const { url, close } = await startFaultProxy({
    host,
    maxBody: maxMailBytes,
    policy: async ({ method, path, body }) => {
      if (method === 'GET' && path === mailsPath) return json(200, mails);
      if (body === undefined || method !== 'POST') return refusal('BadRequestException', `no ${method}`);
      if (path === identitiesPath) {
        verified.add(JSON.parse(body.toString()).EmailIdentity);
        return json(200, { VerifiedForSendingStatus: true });
      }
      if (path !== sendEmailPath) return refusal('NotFoundException', `no ${path}`, 404);
      const request: SendEmail = JSON.parse(body.toString());
      const from = request.FromEmailAddress;
      if (!verified.has(from) && !verified.has(from.slice(from.indexOf('@') + 1)))
        return refusal('MessageRejected', `Email address is not verified: ${from}`);
      mails.push(mailOf(request));
      return json(200, { MessageId: `stand-in-${mails.length}` });
    },
  });
  return { url, close, readMails: () => readMailsOf(url) };
}

/** The mails of a stand-in, which may run in another process. */
export async function readMailsOf(url: string): Promise<Mail[]> {
  const response = await fetch(new URL(mailsPath, url));
  return (await response.json()) as Mail[];
}

function mailOf({ Destination, Content: { Template } }: SendEmail): Mail {
  const values: Readonly<Record<string, string>> = JSON.parse(Template.TemplateData);
  const filled = (part: string) => part.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
  const { Subject, Text, Html } = Template.TemplateContent;
  return {
    to: Destination.ToAddresses,
    subject: filled(Subject),
    text: filled(Text),
    html: filled(Html),
  };
}

function json(status: number, content: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) };
}

/** An error as SES words it: the SDK reads its name from the header. */
function refusal(name: string, message: string, status = 400): Answer {
  const { headers, body } = json(status, { message });
  return { status, headers: { ...headers, 'x-amzn-errortype': name }, body };
}
