import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkGivenEndpoint } from '../../../local/endpoint/given-endpoint.ts';

const check = (endpoint: string) =>
  checkGivenEndpoint({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    useQueueUrlAsEndpoint: false,
  });

const listTopics =
  '<ListTopicsResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListTopicsResult><Topics/>' +
  '</ListTopicsResult></ListTopicsResponse>';

let server: Server;
let url: string;
let answer: string;

beforeEach(async () => {
  server = createServer((_, response) => response.end(answer));
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
      message: expect.stringMatching(/ECONNREFUSED.*docker compose up -d.*unset AWS_ENDPOINT_URL/),
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
