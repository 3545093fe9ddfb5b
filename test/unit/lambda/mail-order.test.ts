import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { inspect } from 'node:util';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { mailOrder } from '../../../lambda/mail/mail-order.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  type Guarantee,
  NotExecutedError,
  PermanentError,
} from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

type Answer = (
  socket: Socket,
) => { readonly status: number; readonly code?: string; readonly message?: string } | undefined;

const accepts: Answer = () => ({ status: 200 });
const losesAnswer: Answer = (socket) => {
  socket.destroy();
  return undefined;
};

let ses: Server;
/** What SES took or was asked, and how it answers. */
let mails: {
  readonly FromEmailAddress: string;
  readonly Destination: object;
  readonly Content: {
    readonly Template: { readonly TemplateContent: Record<string, string>; readonly TemplateData: string };
  };
  readonly EmailTags: object[];
}[];
let answers: Answer;
let connections: number;

beforeEach(async () => {
  mails = [];
  connections = 0;
  answers = accepts;
  ses = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    mails.push(JSON.parse(text));
    const answer = answers(request.socket);
    if (answer === undefined) return;
    response.writeHead(answer.status, answer.code === undefined ? {} : { 'x-amzn-errortype': answer.code });
    response.end(
      JSON.stringify(
        answer.status === 200 ? { MessageId: `m-${mails.length}` } : { message: answer.message },
      ),
    );
  });
  ses.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => ses.listen(0, '127.0.0.1', resolve));
  // biome-ignore lint/style/noProcessEnv: where the SDK looks for its settings.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SESV2: `http://127.0.0.1:${(ses.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});

afterEach(async () => {
  ses.closeAllConnections();
  await new Promise((resolve) => ses.close(resolve));
});

const options = { from: 'shop@shop.test', domain: 'customers.test' };
const key = 'ab'.repeat(32);

async function mail(event = anOrder(), signal = new AbortController().signal) {
  return await mailOrder(options)(event, { idempotencyKey: key, signal, remainingTime: () => 1000 });
}

const failure = async (...args: Parameters<typeof mail>) =>
  await mail(...args).then(
    () => undefined,
    (error) => error,
  );

describe('the mail', () => {
  it('goes to the account, with the exact total and the reference of its event', async () => {
    await expect(mail(anOrder({}, { total: 12345678901.23 }))).resolves.toEqual({ mail: 'm-1' });
    expect(mails).toMatchObject([
      {
        FromEmailAddress: 'shop@shop.test',
        Destination: { ToAddresses: ['customer-17850@customers.test'] },
        EmailTags: [{ Name: 'idempotency-key', Value: key }],
      },
    ]);
    const { TemplateContent, TemplateData } = mails[0]?.Content.Template ?? {};
    expect(JSON.parse(TemplateData ?? '')).toMatchObject({
      opening: 'Thank you for your order',
      order: '536365',
      total: '12345678901.23',
      currency: 'GBP',
      reference: key,
    });
    expect(TemplateContent?.Text).toMatch(/^Reference: \{\{reference\}\}$/m);
  });

  it('contains no placeholder without a value, because SES would accept such a mail and not send it', async () => {
    await mail();
    const { TemplateContent = {}, TemplateData = '{}' } = mails[0]?.Content.Template ?? {};
    const names = Object.values(TemplateContent).flatMap((text) =>
      [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name),
    );
    expect(new Set(names)).toEqual(new Set(Object.keys(JSON.parse(TemplateData))));
  });

  it('treats an order id as text, never as HTML or as a new header line', async () => {
    const orderId = `1\r\nReference: ${'0'.repeat(64)}<b>&"'${'x'.repeat(200)}`;
    await mail(anOrder({}, { orderId }));
    const { order, orderHtml } = JSON.parse(mails[0]?.Content.Template.TemplateData ?? '');
    expect(order).toMatch(/^1 Reference: 0{64}<b>&"'x+…$/);
    expect(order).toHaveLength(100);
    expect(orderHtml).toContain('&lt;b&gt;&amp;&quot;&#39;');
  });

  it('is not sent for a cancelled order', async () => {
    await expect(mail(anOrder({ type: 'order.cancelled' }))).resolves.toBe('nothing to mail');
    expect(mails).toEqual([]);
  });

  it.each([
    '',
    'a b',
    'a@b',
    '.a',
    'a..b',
    'a,b',
    '"a"',
    'é',
    'a\n',
    'x'.repeat(65),
  ])('is refused for the account %j, which is not a valid mailbox name', async (partitionkey) => {
    const error = await failure(anOrder({ partitionkey }));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toContain('partitionkey: is not a mailbox name at customers.test; use');
    if (partitionkey.length > 3) expect(error.message).not.toContain(partitionkey);
    expect(mails).toEqual([]);
  });

  it.each(["o'hara+orders_1", 'x'.repeat(64), 'a.b-c'])('goes to the account %s', async (partitionkey) => {
    await mail(anOrder({ partitionkey }));
    expect(mails).toMatchObject([{ Destination: { ToAddresses: [`${partitionkey}@customers.test`] } }]);
  });

  it('uses its own connection', async () => {
    const send = mailOrder(options);
    const context = { idempotencyKey: key, signal: new AbortController().signal, remainingTime: () => 1000 };
    await send(anOrder(), context);
    await send(anOrder(), context);
    expect(connections).toBe(2);
  });
});

describe('an error of SES', () => {
  it.each([
    [429, 'TooManyRequestsException', 'rate'],
    [400, 'LimitExceededException', 'quota'],
    [400, 'ThrottlingException', 'rate'],
    [400, 'AccountSuspendedException', 'suspended'],
    [400, 'SendingPausedException', 'paused'],
    [400, 'MailFromDomainNotVerifiedException', 'domain'],
    [404, 'NotFoundException', 'no such identity'],
    [403, 'AccessDeniedException', 'not authorized'],
    [403, 'InvalidSignatureException', 'signature'],
    [
      400,
      'MessageRejected',
      'Email address is not verified. The following identities failed the check in region X',
    ],
  ])('with %i %s: %s makes the event wait', async (status, code, message) => {
    answers = () => ({ status, code, message });
    const error = await failure();
    expect(error).toBeInstanceOf(NotExecutedError);
    expect(error.message).toContain(`${code}: ${message}`);
    expect(mails).toHaveLength(1);
  });

  it.each([
    [400, 'MessageRejected', 'Email address is not verified. The identities failed: ann@customers.test'],
    [400, 'BadRequestException', 'ann@customers.test is suppressed'],
    [500, 'InternalFailure', 'ann@customers.test'],
  ])('does not quote the recipient with %i %s', async (status, code, message) => {
    answers = () => ({ status, code, message });
    const error = await failure(anOrder({ partitionkey: 'ann' }));
    expect(inspect(error, { depth: 9 })).toContain('<the recipient>');
    expect(inspect(error, { depth: 9 })).not.toContain('ann@');
  });

  it.each([
    ['MessageRejected', 'content'],
    ['BadRequestException', 'address'],
  ])('with %s is permanent', async (code, message) => {
    answers = () => ({ status: 400, code, message });
    expect(await failure()).toBeInstanceOf(PermanentError);
  });

  it.each([
    [500, 'InternalFailure'],
    [503, 'ServiceUnavailable'],
    [409, 'ConcurrentModificationException'],
    [418, 'Whatever'],
  ])('with %i %s is unclear, and the mail is not sent again', async (status, code) => {
    answers = () => ({ status, code, message: '' });
    const error = await failure();
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(NotExecutedError);
    expect(error).not.toBeInstanceOf(PermanentError);
    expect(mails).toHaveLength(1);
  });

  it('is unclear if the answer was lost, and the mail is not sent again', async () => {
    answers = losesAnswer;
    const error = await failure();
    expect(error.message).toMatch(/socket hang up|ECONNRESET/);
    expect(error).not.toBeInstanceOf(NotExecutedError);
    expect(mails).toHaveLength(1);
  });

  it('is unclear if there is no answer in time', async () => {
    const caller = new AbortController();
    answers = () => {
      caller.abort();
      return undefined;
    };
    expect(await failure(anOrder(), caller.signal)).toMatchObject({ name: 'AbortError' });
    expect(await failure(anOrder(), caller.signal)).toBeInstanceOf(NotExecutedError);
    expect(mails).toHaveLength(1);
  });

  it('means that nothing was sent if the connection is refused', async () => {
    // GIVEN Node's own error, as the SDK hands it on (jest's realms hide it from the SDK's `instanceof`)
    const { port } = ses.address() as AddressInfo;
    await new Promise((resolve) => ses.close(resolve));
    const refusal = await new Promise<Error>((resolve) => connect(port, '127.0.0.1').once('error', resolve));
    const client = { send: () => Promise.reject(refusal) } as unknown as SESv2Client;
    // WHEN
    const context = { idempotencyKey: key, signal: new AbortController().signal, remainingTime: () => 1000 };
    const error = await mailOrder({ ...options, client })(anOrder(), context).then(
      String,
      (thrown) => thrown,
    );
    // THEN
    expect(error).toBeInstanceOf(NotExecutedError);
    expect(error.message).toMatch(/SES cannot be reached: .*ECONNREFUSED/);
  });
});

describe('a mail handler whose first answer is lost', () => {
  async function deliverTwice(guarantee: Guarantee<'external'>) {
    const wiring = fakeWiring();
    const handle = mailOrder(options);
    const consumer = createConsumer(
      { name: 'notifications', parse: parseOrderEvent, guarantee, handle },
      wiring,
    );
    const event = sqsEvent(sqsRecord(anOrder()));
    answers = losesAnswer;
    await consumer(event, remaining());
    answers = accepts;
    const last = await consumer(event, remaining());
    expect(last).toEqual({ batchItemFailures: [] });
    return [...wiring.memory.records.values()].map(({ status }) => status);
  }

  it('sends one mail and leaves an unknown outcome under at-most-once', async () => {
    expect(await deliverTwice(atMostOnce())).toEqual(['OUTCOME_UNKNOWN']);
    expect(mails).toHaveLength(1);
  });

  it('sends two mails with one reference under at-least-once', async () => {
    expect(await deliverTwice(atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY }))).toEqual([
      'COMPLETED',
    ]);
    expect(mails).toHaveLength(2);
    expect(mails[0]).toEqual(mails[1]);
  });
});
