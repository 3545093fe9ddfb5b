import { SESv2Client } from '@aws-sdk/client-sesv2';
import { readReference } from '../../../../contract/orders/mail.ts';
import { type MailSystem, openMailSystem, readMailsOf } from '../../../../lab/faults/mail-system.ts';
import { verifySender } from '../../../../lab/target/verify-sender.ts';
import { mailOrder } from '../../../../lambda/mail/mail-order.ts';
import type { ClientConfig } from '../../../../local/endpoint/client-config.ts';
import { NotExecutedError } from '../../../../runtime/index.ts';
import { anOrder } from '../../../support/orders.ts';

let mailSystem: MailSystem;
let config: ClientConfig;

beforeEach(async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;
  config = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false };
  mailSystem = await openMailSystem(config, undefined);
  config = { ...config, endpoint: mailSystem.url };
});

afterEach(() => mailSystem.close());

async function mail(key: string) {
  const client = new SESv2Client({ ...config, maxAttempts: 1 });
  const handle = mailOrder({ from: 'orders@shop.test', domain: 'customers.test', client });
  const context = { idempotencyKey: key, signal: new AbortController().signal };
  return await handle(anOrder({ partitionkey: 'account-1' }, { total: 10.1 }), context as never);
}

describe('the stand-in for SES', () => {
  const key = 'ab'.repeat(32);

  it('takes mails of a verified address, fills their template, and lists them', async () => {
    await verifySender(config, 'orders@shop.test');
    await expect(mail(key)).resolves.toEqual({ mail: 'stand-in-1' });
    const mails = await mailSystem.readMails();
    expect(mails).toMatchObject([{ to: ['account-1@customers.test'] }]);
    expect(readReference(mails[0]?.text ?? '')).toBe(key);
    expect(mails[0]?.text).toContain('Total: 10.1 ');
    expect(mails[0]?.html).not.toContain('{{');
    // In another process only the URL is known.
    await expect(readMailsOf(mailSystem.url)).resolves.toEqual(mails);
  });

  it('takes mails of every address of a verified domain', async () => {
    await verifySender(config, 'shop.test');
    await expect(mail(key)).resolves.toEqual({ mail: 'stand-in-1' });
  });

  it('refuses mails of an address that is not verified, as SES does, so that they wait', async () => {
    await expect(mail(key)).rejects.toThrow(NotExecutedError);
    await expect(mailSystem.readMails()).resolves.toEqual([]);
  });

  it('refuses a request that it does not know', async () => {
    const response = await fetch(new URL('/v2/email/templates', mailSystem.url), { method: 'POST' });
    expect(response.status).toBe(404);
  });
});

it("the mails of an emulator's SES are those that its page lists", async () => {
  const mails = [{ to: ['a@b.test'], subject: '', text: '', html: '' }];
  const pages = { readMails: async () => mails, readQueue: async () => [] };
  const { url, readMails } = await openMailSystem(config, pages);
  expect(url).toBe(config.endpoint);
  await expect(readMails()).resolves.toBe(mails);
});
