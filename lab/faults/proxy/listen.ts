import { createServer, type IncomingMessage, type RequestListener } from 'node:http';

export interface Listening {
  readonly url: string;
  /** Ends every connection, answered or not. */
  close(): Promise<void>;
}

/**
 * Starts a server on a free port.
 * @param host Address to listen on. @default - the loopback interface
 */
export async function listen(listener: RequestListener, host = '127.0.0.1'): Promise<Listening> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return {
    url: `http://${host}:${address.port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Reads the body of a request; `undefined` if it is longer than `limit` bytes.
 * @throws If the connection ends before the body is complete.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    // A body that is too long is read to its end too, because a caller that is still sending does not read the answer.
    if (bytes <= limit) chunks.push(chunk);
  }
  return bytes > limit ? undefined : Buffer.concat(chunks);
}
