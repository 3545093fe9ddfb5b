import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingHttpHeaders,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  NotExecutedError,
  PermanentError,
  type PostOptions,
  postWithKey,
  UnclearError,
} from '../../../../runtime/index.ts';

const key = 'ab'.repeat(32);
let server: Server | HttpServer;
let url: string;

afterEach(async () => {
  if ('closeAllConnections' in server) server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function listen(made: Server | HttpServer) {
  server = made;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/charges?token=secret`;
}

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that answers every request so; what it received. */
async function answering(status: number, body = '', headers: Readonly<Record<string, string>> = {}) {
  const received: Received[] = [];
  await listen(
    createHttpServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      received.push({ method: request.method, url: request.url, headers: request.headers, body: text });
      response.writeHead(status, headers).end(body);
    }),
  );
  return received;
}

/** A server that speaks no HTTP of its own: `speak` gets each connection once the request came. */
async function speaking(speak: (socket: Socket) => void) {
  await listen(
    createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => speak(socket));
    }),
  );
}

async function post(options: Partial<PostOptions> = {}, signal = new AbortController().signal) {
  return await postWithKey(
    url,
    { b: 1, a: { d: 15.3, c: '£' } },
    { context: { idempotencyKey: key, signal }, ...options },
  );
}

async function failure(
  options?: Partial<PostOptions>,
  signal?: AbortSignal,
): Promise<Error & { retryAfter?: number }> {
  return await post(options, signal).then(
    (answer) => {
      throw new Error(`It answered ${JSON.stringify(answer)}`);
    },
    (error) => error,
  );
}

describe('the request', () => {
  it('is canonical JSON with the key as a quoted string, on its own connection', async () => {
    const received = await answering(200, '{}');
    await post({ headers: { authorization: 'Bearer t', 'idempotency-key': 'mine' } });
    await post();
    expect(received).toMatchObject([
      {
        method: 'POST',
        url: '/charges?token=secret',
        body: '{"a":{"c":"£","d":15.3},"b":1}',
        headers: {
          'idempotency-key': `"${key}"`,
          'content-type': 'application/json',
          authorization: 'Bearer t',
          connection: 'close',
        },
      },
      { body: '{"a":{"c":"£","d":15.3},"b":1}' },
    ]);
  });

  it('is sent again after a 401 if the credential has changed, with the same key and body', async () => {
    const received = await answering(401);
    const values = ['Bearer old', 'Bearer new'];
    const refused: unknown[] = [];
    await failure({
      headers: { Authorization: 'Bearer none' },
      authorization: async (value) => {
        refused.push(value);
        return values.shift() ?? '';
      },
    });
    expect(refused).toEqual([undefined, 'Bearer old']);
    expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    expect(new Set(received.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set([`"${key}"`]));
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  it('is not sent again after a 401 with the same credential', async () => {
    const received = await answering(401);
    await expect(failure({ authorization: async () => 'Bearer one' })).resolves.toBeInstanceOf(
      NotExecutedError,
    );
    expect(received).toHaveLength(1);
  });

  it.each([
    ['in a refusal', 400, '{"detail":"bad key k-123, sent as Bearer k-123"}', {}],
    ['in a page', 200, 'k-123 is no JSON', {}],
    ['in a redirect', 302, '', { location: 'https://other.test/?key=k-123' }],
  ])('has a credential that no error quotes: %s', async (_, status, body, headers) => {
    await answering(status, body, headers);
    const error = await failure({ authorization: async () => 'Bearer k-123' });
    expect(inspect(error, { depth: 9 })).toContain('***');
    expect(inspect(error, { depth: 9 })).not.toContain('k-123');
  });

  it.each([
    '',
    'Bearer k-123\n',
    'Bearer £',
  ])('is not sent with a credential that no header may have: %j', async (value) => {
    const received = await answering(200, '{}');
    const error = await failure({ authorization: async () => value });
    expect(error).toMatchObject({ code: 'CONFIGURATION' });
    expect(inspect(error, { depth: 9 })).not.toContain('k-123');
    expect(received).toEqual([]);
  });

  it.each([
    'no url',
    'ftp://127.0.0.1/',
    'http://user:pass@127.0.0.1/',
  ])('is not sent if its URL is %s, and events wait', async (wrong) => {
    await answering(200, '{}');
    url = wrong;
    const error = await failure({ setting: 'PAYMENT_URL' });
    expect(error).toBeInstanceOf(NotExecutedError);
    expect(error.message).toContain('check PAYMENT_URL');
  });

  it('keeps its key and its content type, whatever the case of header names', async () => {
    const received = await answering(200, '{}');
    await post({ headers: { 'Idempotency-Key': 'mine', 'Content-Type': 'text/plain', Accept: 'text/json' } });
    expect(received).toMatchObject([
      { headers: { 'idempotency-key': `"${key}"`, 'content-type': 'application/json', accept: 'text/json' } },
    ]);
  });

  it('is not sent if its body cannot be written as JSON, and events wait', async () => {
    const received = await answering(200, '{}');
    const itself: { inner?: unknown } = {};
    itself.inner = itself;
    const context = { idempotencyKey: key, signal: new AbortController().signal };
    for (const body of [{ amount: 1n }, itself]) {
      await expect(postWithKey(url, body, { context })).rejects.toBeInstanceOf(NotExecutedError);
    }
    expect(received).toEqual([]);
  });

  it('is not sent if no time is left', async () => {
    const received = await answering(200, '{}');
    expect(await failure({}, AbortSignal.abort())).toBeInstanceOf(NotExecutedError);
    expect(received).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([
    [200, '{"id":"ch_1"}', { id: 'ch_1' }],
    [201, '"done"', 'done'],
    [204, '', undefined],
  ])('of %i %s means that the effect happened', async (status, body, result) => {
    await answering(status, body);
    await expect(post()).resolves.toEqual(result);
  });

  it.each([
    [200, ''],
    [200, '<html>Sign in</html>'],
    [202, ''],
    [200, `"${'x'.repeat(300_000)}"`],
    [408, ''],
    [409, ''],
    [418, ''],
    [500, '{"id":"ch_1"}'],
    [502, ''],
    [503, ''],
    [504, ''],
  ])('of %i is unclear (%#)', async (status, body) => {
    await answering(status, body);
    expect(await failure()).toBeInstanceOf(UnclearError);
  });

  it.each([
    400, 402, 413, 422,
  ])('of %i is permanent, with the problem detail of the other side', async (status) => {
    const detail = `no such\ncard ${'x'.repeat(300)}`;
    await answering(status, JSON.stringify({ title: 'Refused', detail }));
    const error = await failure();
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toMatch(new RegExp(`/charges answered ${status} "no such card x+…"`));
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).not.toContain('secret');
  });

  it.each([
    401, 403, 404, 405, 410, 415,
  ])('of %i makes the event wait, and says what to check', async (status) => {
    await answering(status);
    const error = await failure({ setting: 'PAYMENT_URL' });
    expect(error).toBeInstanceOf(NotExecutedError);
    expect(error.message).toContain('until PAYMENT_URL and the credentials for it are right');
  });

  it.each([
    301, 302, 303, 307, 308,
  ])('of %i is not followed, and the error names the new location', async (status) => {
    const received = await answering(status, '', { location: 'https://elsewhere.test/' });
    const error = await failure({ setting: 'PAYMENT_URL' });
    expect(error).toBeInstanceOf(UnclearError);
    expect(error.message).toContain('"https://elsewhere.test/"');
    expect(error.message).toContain('change PAYMENT_URL');
    expect(received).toHaveLength(1);
  });

  it.each([
    [undefined, undefined],
    ['7', 7000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['-1', undefined],
    ['soon', undefined],
    ['2027', 2_027_000],
  ])('of 429 with Retry-After %s makes the event wait for %s ms', async (value, retryAfter) => {
    await answering(429, '', value === undefined ? {} : { 'retry-after': value });
    const now = Date.UTC(1994, 10, 6, 8, 49, 7);
    const error = await failure({ clock: { now: () => now, sleep: async () => {} } });
    expect(error).toBeInstanceOf(NotExecutedError);
    expect(error.retryAfter).toBe(retryAfter);
  });

  it('of 425 makes the event wait', async () => {
    await answering(425);
    expect(await failure()).toBeInstanceOf(NotExecutedError);
  });

  it('of 503 with a Retry-After is unclear, and the error names the delay', async () => {
    await answering(503, '', { 'retry-after': '30' });
    const error = await failure();
    expect(error).toBeInstanceOf(UnclearError);
    expect(error.message).toContain('(Retry-After: 30)');
  });
});

describe('a missing answer', () => {
  it.each([
    '127.0.0.1',
    'localhost',
  ])('from %s, which refuses connections, means that nothing was sent', async (host) => {
    await answering(200, '{}');
    await new Promise((resolve) => server.close(resolve));
    url = url.replace('127.0.0.1', host);
    const error = await failure();
    expect(error).toBeInstanceOf(NotExecutedError);
    expect(error.message).toMatch(/cannot be reached: .*ECONNREFUSED.* Nothing was sent/);
  });

  it('from a server whose certificate is not trusted means that nothing was sent', async () => {
    const pem = readFileSync(join(__dirname, 'fixtures/self-signed.pem'));
    let requests = 0;
    await listen(
      createHttpsServer({ key: pem, cert: pem }, (_, response) => {
        requests += 1;
        response.end('{}');
      }),
    );
    url = url.replace('http:', 'https:');
    const error = await failure();
    expect(error).toBeInstanceOf(NotExecutedError);
    expect(error.message).toContain('self-signed certificate');
    expect(requests).toBe(0);
  });

  it('from an unknown host means that nothing was sent', async () => {
    await answering(200, '{}');
    url = 'http://order-once.invalid/';
    expect(await failure()).toBeInstanceOf(NotExecutedError);
  });

  it.each([
    ['a connection that is cut', (socket: Socket) => socket.destroy()],
    ['a connection that is reset', (socket: Socket) => socket.resetAndDestroy()],
    ['what is no HTTP', (socket: Socket) => socket.end('220 mail.test ESMTP\r\n')],
    [
      'an answer that is cut off',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":'),
    ],
    [
      'JSON that is cut off where it could end',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":"ch_1"}'),
    ],
  ])('after %s is unclear', async (_, speak) => {
    await speaking(speak);
    expect(await failure()).toBeInstanceOf(UnclearError);
  });

  it('before the deadline is unclear', async () => {
    const caller = new AbortController();
    await speaking(() => caller.abort());
    expect(await failure({}, caller.signal)).toBeInstanceOf(UnclearError);
  });

  it('before the deadline is unclear even if the status arrived', async () => {
    const caller = new AbortController();
    await speaking((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}', () =>
        delay(50).then(() => caller.abort()),
      );
    });
    expect(await failure({}, caller.signal)).toBeInstanceOf(UnclearError);
  });

  it('is unclear if an endless answer reaches the size limit', async () => {
    // GIVEN a server that would send 64 MiB
    let left = 1024;
    await speaking((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const flood = () => {
        if (!socket.writable) return;
        left -= 1;
        if (left > 0) socket.write(Buffer.alloc(64 * 1024), flood);
        else socket.end();
      };
      flood();
    });
    expect(await failure()).toBeInstanceOf(UnclearError);
    expect(left).toBeGreaterThan(0);
  });
});
