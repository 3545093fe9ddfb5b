import { SESv2Client } from '@aws-sdk/client-sesv2';

/**
 * Makes a client that sends each request once, on a new connection. An SDK retry after a lost answer would be a second mail. A
 * kept connection is dead after Lambda froze the function, and a mail on it looks like a mail whose answer was lost.
 */
export function sesClient(): SESv2Client {
  const agent = { keepAlive: false };
  return new SESv2Client({ maxAttempts: 1, requestHandler: { httpAgent: agent, httpsAgent: agent } });
}
