import { createHash, createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignatureV4 } from '@smithy/signature-v4';
import { deferred } from '../support/deferred.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the signer asks of a hash, which is a keyed one where it gives a key. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      key === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(key as Uint8Array));
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

/** `POST`, signed with SigV4. */
export async function postSigned(
  url: string,
  {
    service,
    region,
    credentials,
    headers,
    body,
  }: {
    readonly service: string;
    readonly region: string;
    readonly credentials: Credentials;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
): Promise<Answer> {
  const { protocol, hostname, port, host, pathname: path } = new URL(url);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path,
    query: {},
    headers: { host, ...headers },
    body,
  });
  return await post(url, signed.headers, body);
}

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

/** Names below `localhost` are this machine's (RFC 6761), which not every resolver knows. */
const loopback: LookupFunction = (name, options, callback) => {
  lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, options, callback);
};

export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Answer> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = deferred<IncomingMessage>();
  request(url, { method: 'POST', headers, lookup: loopback }, resolve).on('error', reject).end(body);
  const answer = await promise;
  const type = answer.headers['content-type'];
  return { status: answer.statusCode ?? 0, type, text: await text(answer) };
}
