import { SESv2Client } from '@aws-sdk/client-sesv2';

/**
 * A client that sends each request once, on a connection of its own. A retry of the SDK after a lost answer is a second
 * mail; a connection that was kept while Lambda froze the function is dead after that, and a mail that it swallows
 * looks like one whose answer was lost.
 */
export function sesClient(): SESv2Client {
  const agent = { keepAlive: false };
  return new SESv2Client({ maxAttempts: 1, requestHandler: { httpAgent: agent, httpsAgent: agent } });
}
