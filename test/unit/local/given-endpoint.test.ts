import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkGivenEndpoint } from '../../../local/endpoint/given-endpoint.ts';

const check = (endpoint: string, onStep?: (step: string) => void) =>
  checkGivenEndpoint(
    {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      useQueueUrlAsEndpoint: false,
    },
    onStep,
  );

const listTopics =
  '<ListTopicsResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListTopicsResult><Topics/>' +
  '</ListTopicsResult></ListTopicsResponse>';

let server: Server;
let url: string;
let answer: string;
let serve: RequestListener;

beforeEach(async () => {
  serve = (_, response) => response.end(answer);
  server = createServer((request, response) => serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
});

describe('checkGivenEndpoint', () => {
  test('accepts an endpoint of this machine that answers', async () => {
    answer = listTopics;
    await expect(check(url)).resolves.toBeUndefined();
  });

  test('waits for an emulator that is still loading, and says so once', async () => {
    // GIVEN LocalStack's health page, and a gateway that has loaded SNS at the third request
    let requests = 0;
    serve = ({ url: path }, response) => {
      if (path === '/_localstack/health') return response.end('{ "services": {} }');
      if (path !== '/') return response.writeHead(404).end();
      requests += 1;
      return requests < 3 ? response.writeHead(503).end('loading') : response.end(listTopics);
    };
    // WHEN
    const steps: string[] = [];
    await check(url, (step) => steps.push(step));
    // THEN
    expect(steps).toEqual([`LocalStack at ${url} is still loading`]);
    expect(requests).toBe(3);
  });

  test('fails with one line if something else answers', async () => {
    answer = '<html>\n<head><meta charset="utf-8"></head></html>';
    await expect(check(url)).rejects.toMatchObject({
      code: 'ENDPOINT',
      message: expect.stringMatching(/^AWS_ENDPOINT_URL is "http:.*nothing answers as SNS does.*$/),
    });
  });

  test('fails if nothing answers, and names the alternatives', async () => {
    // GIVEN a port that nobody listens on
    await new Promise((resolve) => server.close(resolve));
    // WHEN, THEN
    await expect(check(url)).rejects.toMatchObject({
      code: 'ENDPOINT',
      message: expect.stringMatching(/ECONNREFUSED.*Start the endpoint, or unset AWS_ENDPOINT_URL/),
    });
  });

  test.each([
    'localhost:4566',
    'ftp://localhost',
    'LocalStack',
  ])('fails for %s, which is not a URL', async (given) => {
    await expect(check(given)).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining(`AWS_ENDPOINT_URL is "${given}"; it must be`),
    });
  });

  test('fails for AWS itself, and names the command that deploys there', async () => {
    await expect(check('https://sns.us-east-1.amazonaws.com')).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining('cdk deploy'),
    });
  });

  test.each([
    'http://8.8.8.8:4566',
    'http://[2001:db8::1]:4566',
  ])('fails for %s, which is outside the private network', async (given) => {
    await expect(check(given)).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining('outside this machine and its private network'),
    });
  });
});
