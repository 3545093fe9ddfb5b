import { EndpointError } from '../../system/errors.ts';
import type { ClientConfig } from '../endpoint/client-config.ts';
import type { EmulatorPages, GivenMessage, Mail } from '../endpoint/emulator-pages.ts';

const mailPath = '/_ministack/ses/messages';
const queuePath = '/_ministack/sqs/messages';

/** The pages of MiniStack. */
export const pages: EmulatorPages = {
  readMails: async (config) => parseMails(await read(config, mailPath)),
  readQueue: async (config, queueUrl) =>
    parseQueue(await read(config, `${queuePath}?${new URLSearchParams({ QueueUrl: queueUrl })}`)),
};

async function read({ endpoint }: ClientConfig, path: string): Promise<unknown> {
  const url = new URL(path, endpoint);
  const response = await fetch(url);
  if (!response.ok) throw new EndpointError(`${url} answered ${response.status} instead of a list`);
  return await response.json();
}

interface ShownMail {
  readonly To: readonly string[];
  readonly Subject: string;
  readonly BodyText: string;
  readonly BodyHtml: string | null;
}

/** The page lists mails by account. */
export function parseMails(body: unknown): Mail[] {
  const { messages } = body as { messages: Readonly<Record<string, readonly ShownMail[]>> };
  return Object.values(messages)
    .flat()
    .map(({ To, Subject, BodyText, BodyHtml }) => ({
      to: To,
      subject: Subject,
      text: BodyText,
      html: BodyHtml ?? '',
    }));
}

interface ShownMessage {
  readonly MessageId: string;
  readonly ReceiveCount: number;
  readonly VisibleAt: number;
}

/** The page lists messages by account, Region and queue. Only received messages have a receive count. */
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
