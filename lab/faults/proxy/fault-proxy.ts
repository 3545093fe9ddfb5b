import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { listen, readBody } from './listen.ts';

/** A request that a policy decides about. */
export interface ReceivedRequest {
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` if the body is longer than the proxy accepts. */
  readonly body: Buffer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/**
 * The result for the caller: an answer, a connection that is cut (`cut`), or one that stays open without an answer
 * (`hang`).
 */
export type Fate = Answer | 'cut' | 'hang';

/**
 * Decides the result of a request.
 *
 * @param forward Sends the request to the service behind the proxy, and returns the service's answer.
 * @param signal Aborted when the proxy closes.
 * @throws Any error, which cuts the connection.
 */
export type FaultPolicy = (
  request: ReceivedRequest,
  forward: () => Promise<Answer>,
  signal: AbortSignal,
) => Promise<Fate>;

export interface FaultProxyOptions {
  /** Address to listen on. @default - the loopback interface */
  readonly host?: string | undefined;
  /** URL of the service behind the proxy. @default - none: the policy makes every answer */
  readonly upstream?: string;
  /** Largest body, in bytes. */
  readonly maxBody: number;
  readonly policy: FaultPolicy;
}

export interface FaultProxy {
  /** URL on this machine. */
  readonly url: string;
  /** Ends every connection, answered or not. */
  close(): Promise<void>;
}

/**
 * Starts a proxy between functions and a service, on a free port of this machine. A policy decides the result of each
 * request.
 */
export async function startFaultProxy({
  host,
  upstream,
  maxBody,
  policy,
}: FaultProxyOptions): Promise<FaultProxy> {
  const closing = new AbortController();
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request, maxBody);
    const url = new URL(request.url ?? '/', upstream ?? 'http://127.0.0.1');
    const { method = 'GET', headers } = request;
    const received = { method, path: url.pathname, headers, body };
    const forward = async () => {
      if (upstream === undefined) throw new Error('No service is behind this proxy');
      return await send(url, received);
    };
    const fate = await policy(received, forward, closing.signal);
    // A connection that hangs ends when its caller closes it.
    if (fate === 'hang') return;
    if (fate === 'cut') cut(response);
    else response.writeHead(fate.status, fate.headers).end(fate.body);
  };
  const { url, close } = await listen((request, response) => {
    // The service may have ended, or the caller may have been killed. In both cases the other side gets no answer.
    serve(request, response).catch(() => cut(response));
  }, host);
  return {
    url,
    close: async () => {
      closing.abort();
      await close();
    },
  };
}

/** Headers that belong to one connection, and headers that `fetch` sets by itself. */
const ownHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect']);

/** Answer headers that the SDK's clients read. */
const copiedHeaders = ['content-type', 'x-amzn-errortype', 'x-amzn-requestid', 'retry-after'];

async function send(url: URL, { method, headers, body }: ReceivedRequest): Promise<Answer> {
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    ownHeaders.has(name) || value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const init = body === undefined || body.length === 0 ? {} : { body: new Uint8Array(body) };
  const answered = await fetch(url, { method, headers: sent, ...init });
  const copied = copiedHeaders.flatMap((name) => {
    const value = answered.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    status: answered.status,
    headers: Object.fromEntries(copied),
    body: Buffer.from(await answered.arrayBuffer()),
  };
}

function cut(response: ServerResponse): void {
  response.socket?.destroy();
}
