import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lacksOf, openEndpoint } from '../../../local/endpoint/endpoint.ts';
import { awsVariables } from '../../../system/environment.ts';

const topics = '<ListTopicsResponse><ListTopicsResult><Topics/></ListTopicsResult></ListTopicsResponse>';

let server: Server;
let isDocker: boolean;
let asked: (string | undefined)[];

/** LocalStack, as far as the first requests see it. */
beforeEach(async () => {
  asked = [];
  server = createServer(({ url }, response) => {
    asked.push(url);
    if (url === '/') response.end(topics);
    else if (url === '/_localstack/health') response.end('{}');
    else if (url === '/_localstack/info') response.end(JSON.stringify({ is_docker: isDocker }));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // biome-ignore lint/style/noProcessEnv: the variable with which a user names an endpoint.
  process.env[awsVariables.endpoint] = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  // biome-ignore lint/style/noProcessEnv: as above.
  delete process.env[awsVariables.endpoint];
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  [true, 'host.docker.internal'],
  [false, '127.0.0.1'],
])('an existing LocalStack with is_docker %s has functions that reach this machine as %s', async (docker, name) => {
  isDocker = docker;
  const endpoint = await openEndpoint();
  expect(endpoint).toMatchObject({ started: false, functionHost: { name } });
  await endpoint.stop();
});

test('opening an endpoint asks for no service that a deployed app may not need', async () => {
  const endpoint = await openEndpoint();
  expect(asked.filter((url) => url?.startsWith('/v2'))).toEqual([]);
  // Only who wants to know what it lacks has it asked.
  expect([...(await lacksOf(endpoint))].sort()).toEqual(
    expect.arrayContaining(['exactBodies', 'httpApis', 'sesV2']),
  );
  await endpoint.stop();
});
