import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { chargeOrder } from '../../../lambda/payment/charge-order.ts';
import { paymentCredential } from '../../../lambda/payment/payment-credential.ts';
import { atLeastOnce, createConsumer } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:payments-AbCdEf';

/** An error as the SDK makes it of an answer. */
function refusal(name: string, status = 400, message = 'refused'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

/** Secrets Manager, which gives the secrets one after the other, the last one for ever. */
function secretsManager(...secrets: readonly (string | object | Error)[]) {
  const client = new SecretsManagerClient({ region: 'eu-central-1' });
  const asked: unknown[] = [];
  client.send = (async ({ input }: { input: unknown }) => {
    const secret = secrets[Math.min(asked.length, secrets.length - 1)];
    asked.push(input);
    if (secret instanceof Error) throw secret;
    return typeof secret === 'string' ? { SecretString: secret } : secret;
  }) as never;
  return { read: paymentCredential(arn, client), asked };
}

describe('the credential of the payment provider', () => {
  it('is the secret as a bearer token, read once in five minutes', async () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const { read, asked } = secretsManager('sk_live_1', 'sk_live_2');
    await expect(read()).resolves.toBe('Bearer sk_live_1');
    jest.setSystemTime(1_000_000 + 299_000);
    await expect(read()).resolves.toBe('Bearer sk_live_1');
    expect(asked).toEqual([{ SecretId: arn }]);
    jest.setSystemTime(1_000_000 + 301_000);
    await expect(read()).resolves.toBe('Bearer sk_live_2');
    jest.useRealTimers();
  });

  it('is read again at once if the provider refused it', async () => {
    const { read, asked } = secretsManager('sk_live_1', 'sk_live_2');
    await read();
    await expect(read('Bearer sk_live_1')).resolves.toBe('Bearer sk_live_2');
    await expect(read()).resolves.toBe('Bearer sk_live_2');
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['AccessDeniedException', 400],
    ['ResourceNotFoundException', 400],
    ['DecryptionFailure', 400],
    ['InvalidRequestException', 400],
  ])('that cannot be read (%s) is a mistake of the configuration', async (name, status) => {
    await expect(secretsManager(refusal(name, status)).read()).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(new RegExp(`${name}: refused. Check PAYMENT_SECRET_ARN`)),
    });
  });

  it.each([
    refusal('ThrottlingException'),
    refusal('InternalServiceError', 500),
    Object.assign(new Error('socket hang up'), { name: 'TimeoutError' }),
  ])('waits if Secrets Manager gives no answer: $name', async (error) => {
    await expect(secretsManager(error).read()).rejects.toMatchObject({ code: 'NOT_DONE' });
  });

  it.each([
    '{"token":"sk_live_1"}',
    'sk_live_1\n',
    'Bearer sk_live_1',
    { SecretBinary: Buffer.from('sk_live_1') },
    {},
  ])('that is no token is refused, and not quoted: %j', async (secret) => {
    const error = (await secretsManager(secret)
      .read()
      .catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ code: 'CONFIGURATION' });
    expect(error.message).toContain('Store the token as plain text');
    expect(error.message).not.toContain('sk_live');
  });
});

describe('billing', () => {
  let provider: Server | undefined;
  afterEach(() => {
    provider?.closeAllConnections();
    provider?.close();
    provider = undefined;
  });

  /** A provider that knows one token, and quotes what it gets instead. */
  async function startProvider(valid: string): Promise<{ url: string; seen: (string | undefined)[] }> {
    const seen: (string | undefined)[] = [];
    provider = createServer((request, response) => {
      const { authorization } = request.headers;
      seen.push(authorization);
      request.resume();
      if (authorization === `Bearer ${valid}`) response.writeHead(201).end('{"id":"ch_1"}');
      else response.writeHead(401).end(JSON.stringify({ detail: `${authorization} is no key of ours` }));
    });
    await new Promise<void>((resolve) => provider?.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/charges`, seen };
  }

  async function charge(url: string, read: ReturnType<typeof paymentCredential>) {
    const wiring = fakeWiring();
    const consumer = createConsumer(
      {
        name: 'billing',
        parse: parseOrderEvent,
        guarantee: atLeastOnce({ providerKeyRetention: 86_400_000 }),
        handle: chargeOrder(url, read),
      },
      wiring,
    );
    const { batchItemFailures } = await consumer(sqsEvent(sqsRecord(anOrder())), remaining());
    return {
      waiting: batchItemFailures.length,
      wiring,
      told: JSON.stringify([wiring.logged, [...wiring.memory.records.values()]]),
    };
  }

  it('sends the new credential if the old one was rotated away', async () => {
    const { url, seen } = await startProvider('sk_live_2');
    const { waiting, told } = await charge(url, secretsManager('sk_live_1', 'sk_live_2').read);
    expect(seen).toEqual(['Bearer sk_live_1', 'Bearer sk_live_2']);
    expect(waiting).toBe(0);
    expect(told).not.toContain('sk_live');
  });

  it('waits while the provider refuses the credential, which no log and no record quotes', async () => {
    const { url, seen } = await startProvider('another');
    const { waiting, wiring, told } = await charge(url, secretsManager('sk_live_1').read);
    expect(seen).toEqual(['Bearer sk_live_1']);
    expect(waiting).toBe(1);
    expect(wiring.letters).toEqual([]);
    expect(told).toContain('answered 401 \\"*** is no key of ours\\"');
    expect(told).not.toContain('sk_live');
  });

  it('waits while the secret cannot be read, and copies nothing to the dead-letter queue', async () => {
    const { url, seen } = await startProvider('sk_live_1');
    const { waiting, wiring, told } = await charge(
      url,
      secretsManager(refusal('AccessDeniedException')).read,
    );
    expect(seen).toEqual([]);
    expect(waiting).toBe(1);
    expect(wiring.letters).toEqual([]);
    expect(told).toContain('The credential of the payment provider cannot be read: AccessDeniedException');
  });
});
