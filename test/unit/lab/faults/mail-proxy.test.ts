import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListEmailIdentitiesCommand, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import {
  type MailMode,
  type MailProxy,
  mailFaultOf,
  startMailProxy,
} from '../../../../lab/faults/proxy/mail-proxy.ts';

const seed = 3;
let folder: string;
let ses: Server;
let taken: string[];
let refuses: boolean;
let proxy: MailProxy;
let client: SESv2Client;

/** SES as far as a proxy sees it. */
beforeEach(async () => {
  taken = [];
  refuses = false;
  ses = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url !== '/v2/email/outbound-emails')
        return response.end('{"EmailIdentities":[{"IdentityName":"a@b.test"}]}');
      if (refuses) {
        response.writeHead(400, { 'x-amzn-errortype': 'MessageRejected' });
        return response.end('{"message":"Email address is not verified"}');
      }
      taken.push(JSON.parse(Buffer.concat(chunks).toString()).EmailTags[0].Value);
      return response.end('{"MessageId":"m-1"}');
    });
  });
  await new Promise<void>((resolve) => ses.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'mail-proxy-'));
});

afterEach(async () => {
  client.destroy();
  await proxy.close();
  ses.closeAllConnections();
  await new Promise((resolve) => ses.close(resolve));
  rmSync(folder, { recursive: true });
});

async function start(mode: MailMode) {
  const endpoint = `http://127.0.0.1:${(ses.address() as AddressInfo).port}`;
  proxy = await startMailProxy({ endpoint, file: join(folder, 'mails.ndjson'), mode, seed });
  client = new SESv2Client({
    endpoint: proxy.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

function keyStruck(mode: MailMode, wanted: Partial<ReturnType<typeof mailFaultOf>>): string {
  for (let n = 0; ; n++) {
    const key = `key-${n}`;
    const { fault, forwards } = mailFaultOf(mode, seed, key, 1);
    if (fault === wanted.fault && forwards === (wanted.forwards ?? forwards)) return key;
  }
}

async function send(key: string, abortSignal?: AbortSignal) {
  const command = new SendEmailCommand({
    FromEmailAddress: 'shop@b.test',
    Destination: { ToAddresses: ['c@b.test'] },
    Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
    EmailTags: [{ Name: 'idempotency-key', Value: key }],
  });
  return await client.send(command, abortSignal && { abortSignal });
}

it('forwards mails and all other requests, with their answers and refusals', async () => {
  await start('none');
  await expect(send('k')).resolves.toMatchObject({ MessageId: 'm-1' });
  await expect(client.send(new ListEmailIdentitiesCommand())).resolves.toMatchObject({
    EmailIdentities: [{ IdentityName: 'a@b.test' }],
  });
  refuses = true;
  await expect(send('k')).rejects.toMatchObject({ name: 'MessageRejected' });
  expect(await proxy.requests()).toEqual([
    {
      at: expect.any(Number),
      key: 'k',
      to: ['c@b.test'],
      sent: true,
      fault: 'none',
      answer: 200,
      resent: false,
    },
    expect.objectContaining({ key: 'k', sent: false, fault: 'none', answer: 400, resent: true }),
  ]);
});

it('loses the answer of a mail that was sent', async () => {
  await start('lost');
  const key = keyStruck('lost', { fault: 'lost' });
  await expect(send(key)).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(taken).toEqual([key]);
  expect(await proxy.requests()).toMatchObject([{ key, sent: true, fault: 'lost', answer: 'none' }]);
});

it.each([true, false])('never answers a request that hangs; the mail is sent: %s', async (forwards) => {
  await start('hang');
  const key = keyStruck('hang', { fault: 'hang', forwards });
  const caller = new AbortController();
  const waiting = expect(send(key, caller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  while ((await proxy.requests()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  caller.abort();
  await waiting;
  expect(taken).toEqual(forwards ? [key] : []);
  expect(await proxy.requests()).toMatchObject([{ key, sent: forwards, fault: 'hang', answer: 'none' }]);
});

it('cuts the connection if SES itself does not answer', async () => {
  await start('none');
  ses.closeAllConnections();
  await new Promise((resolve) => ses.close(resolve));
  await expect(send('k')).rejects.toThrow(/socket hang up|ECONNRESET/);
});
