import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const published =
  '<PublishBatchResponse><PublishBatchResult><Successful><member><Id>0</Id></member></Successful></PublishBatchResult></PublishBatchResponse>';

/** A server for all services that a function calls: AWS and the payment provider. Every call succeeds. */
export async function startServices() {
  let requests = 0;
  let connections = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const body = await text(request);
    response.end(body.startsWith('Action=PublishBatch') ? published : '{}');
  })
    .on('connection', () => {
      connections += 1;
    })
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Returns the counts since the last call of `take`. */
    take: () => {
      const taken = { requests, connections };
      requests = 0;
      connections = 0;
      return taken;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
