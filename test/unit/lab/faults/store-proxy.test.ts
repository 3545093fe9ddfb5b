import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type Refusal,
  refusalOf,
  refusals,
  type StoreProxy,
  startStoreProxy,
} from '../../../../lab/faults/proxy/store-proxy.ts';
import { isTransient } from '../../../../runtime/stores/dynamodb/passing-errors.ts';

const endless = 3600;
let store: Server;
let served: number;
let proxy: StoreProxy;
let client: DynamoDBClient;

/** DynamoDB as far as a proxy sees it. */
beforeEach(async () => {
  served = 0;
  store = createServer((request, response) => {
    request.resume().on('end', () => {
      served += 1;
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"Item":{"id":{"S":"found"}}}');
    });
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  client.destroy();
  await proxy.close();
  store.closeAllConnections();
  await new Promise((resolve) => store.close(resolve));
});

async function start(outage: { after: number; seconds: number; seed?: number }) {
  const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  proxy = await startStoreProxy({ endpoint, seed: 1, ...outage });
  client = new DynamoDBClient({
    endpoint: proxy.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

const get = () => client.send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'k' } } }));

/** A seed that refuses the first request so. */
function seedOf(refusal: Refusal): number {
  for (let seed = 0; ; seed++) if (refusalOf(seed, 0) === refusal) return seed;
}

it('forwards and counts the requests before the outage', async () => {
  await start({ after: 2, seconds: endless });
  await get();
  await expect(get()).resolves.toMatchObject({ Item: { id: { S: 'found' } } });
  expect(proxy.requests()).toMatchObject({ requests: 2, refused: 0 });
  await expect(get()).rejects.toThrow();
  expect(served).toBe(2);
  expect(proxy.requests()).toMatchObject({ requests: 3, refused: 1 });
});

it('refuses requests during the outage without an answer', async () => {
  await start({ after: 0, seconds: endless, seed: seedOf('reset') });
  await expect(get()).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(served).toBe(0);
  expect(proxy.requests().refusals).toMatchObject({ reset: 1 });
});

it.each<[Refusal, string, number]>([
  ['internal-error', 'InternalServerError', 500],
  ['unavailable', 'ServiceUnavailableException', 503],
  ['throttled', 'ProvisionedThroughputExceededException', 400],
])('refuses requests during the outage with an error that the runtime retries: %s', async (refusal, name, httpStatusCode) => {
  await start({ after: 0, seconds: endless, seed: seedOf(refusal) });
  const error = await get().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name, $metadata: expect.objectContaining({ httpStatusCode }) });
  expect(isTransient(error)).toBe(true);
  expect(served).toBe(0);
  expect(proxy.requests().refusals).toMatchObject({ [refusal]: 1 });
});

it('uses all kinds of refusals, the same ones for the same seed', () => {
  const ways = (seed: number) => Array.from({ length: 40 }, (_, n) => refusalOf(seed, n));
  expect(new Set(ways(1))).toEqual(new Set(refusals));
  expect(ways(1)).toEqual(ways(1));
  expect(ways(1)).not.toEqual(ways(2));
});

it('forwards all requests after the outage', async () => {
  await start({ after: 0, seconds: 0.05 });
  await expect(get()).rejects.toThrow();
  while ((await get().catch(() => undefined)) === undefined);
  const { requests, refused } = proxy.requests();
  expect([served, refused]).toEqual([1, requests - 1]);
});
