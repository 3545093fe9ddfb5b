import { readReference } from '../../contract/orders/mail.ts';
import { EndpointError } from '../../system/errors.ts';
import type { ClientConfig } from '../target/client-config.ts';

/*
 * Pages of an emulator with information that AWS does not offer. Reading them changes nothing. Other emulators have
 * other pages.
 */

/** The page of MiniStack that lists the messages of a queue. */
const queuePath = '/_ministack/sqs/messages';

/** A message of a queue that was received at least once. */
export interface GivenMessage {
  readonly messageId: string;
  /** Number of receives, from 1. */
  readonly receiveCount: number;
  /** When the message becomes visible, in whole seconds since the epoch. */
  readonly visibleAt: number;
}

/** A mail that an emulator's SES accepted. */
export interface Mail {
  /** The idempotency key in the mail's text, because emulators do not show a mail's tags. */
  readonly idempotencyKey: string | undefined;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The pages of MiniStack and LocalStack that list sent mails. */
const mailPaths = ['/_ministack/ses/messages', '/_aws/ses'];

/**
 * All mails that were sent through the endpoint's SES.
 * @throws EndpointError if the endpoint has neither path.
 */
export async function readMails({ endpoint }: Pick<ClientConfig, 'endpoint'>): Promise<Mail[]> {
  for (const path of mailPaths) {
    const response = await fetch(new URL(path, endpoint));
    const body = response.ok ? await response.json().catch(() => undefined) : undefined;
    if (body !== undefined) return parseMails(body);
  }
  throw new EndpointError(`${endpoint} does not list mails at ${mailPaths.join(' or ')}`);
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

/**
 * The messages of a queue that were given to a consumer and are not deleted. Reading them changes nothing.
 *
 * @throws EndpointError where the emulator has no such page.
 */
export async function readQueue({ endpoint }: ClientConfig, queueUrl: string): Promise<GivenMessage[]> {
  const response = await fetch(
    new URL(`${queuePath}?${new URLSearchParams({ QueueUrl: queueUrl })}`, endpoint),
  );
  if (!response.ok) throw new EndpointError(`${endpoint}${queuePath} shows no messages: ${response.status}`);
  return parseQueue(await response.json());
}

interface ShownMessage {
  readonly MessageId: string;
  readonly ReceiveCount: number;
  readonly VisibleAt: number;
}

/** By account, Region and queue. Only what was given has a receive count. */
export function parseQueue(body: unknown): GivenMessage[] {
  const { messages } = body as {
    messages: Record<string, Record<string, Record<string, readonly ShownMessage[]>>>;
  };
  return Object.values(messages)
    .flatMap((regions) => Object.values(regions).flatMap((queues) => Object.values(queues).flat()))
    .filter(({ ReceiveCount }) => ReceiveCount > 0)
    .map(({ MessageId, ReceiveCount, VisibleAt }) => ({
      messageId: MessageId,
      receiveCount: ReceiveCount,
      visibleAt: VisibleAt,
    }));
}
