import type { IncomingMessage, ServerResponse } from 'node:http';

/** Headers of one connection, and those that `fetch` sets by itself. */
const ownHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect']);

/** Sends a request on as it came. */
export async function forward(request: IncomingMessage, url: URL, body: Buffer): Promise<Response> {
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    ownHeaders.has(name) || value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const method = request.method ?? 'GET';
  return await fetch(url, { method, headers, ...(body.length > 0 && { body: new Uint8Array(body) }) });
}

/** Answers a request as the one that was sent on was answered. */
export async function reply(response: ServerResponse, answered: Response): Promise<void> {
  const body = Buffer.from(await answered.arrayBuffer());
  const copied = ['content-type', 'x-amzn-errortype', 'x-amzn-requestid', 'retry-after'].flatMap((name) => {
    const value = answered.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(answered.status, Object.fromEntries(copied)).end(body);
}
