import type { RequestListener } from 'node:http';
import { listen } from '../../../lab/faults/proxy/listen.ts';
import { abilities, askAbilities } from '../../../local/endpoint/abilities.ts';
import { emulatorAt, emulators } from '../../../local/endpoint/emulators.ts';
import { EndpointError } from '../../../system/errors.ts';

async function during<T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const { url, close } = await listen(listener);
  try {
    return await work(url);
  } finally {
    await close();
  }
}

describe('what an endpoint lacks', () => {
  it('is found by a request to each service', async () => {
    const asked: string[] = [];
    const lacks = await during(
      ({ url, headers }, response) => {
        asked.push(`${/\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1]} ${url}`);
        response.writeHead(url?.includes('email') ? 501 : 200).end('{}');
      },
      (url) => askAbilities(url, 'eu-west-1'),
    );
    expect(asked.sort()).toEqual(['apigateway /v2/apis', 'ses /v2/email/identities']);
    expect(lacks).toEqual(['sesV2']);
  });

  it('is an error that names the endpoint and the request if it ends without an answer', async () => {
    const asking = during(
      ({ socket }) => socket.destroy(),
      (url) => askAbilities(url, 'us-east-1'),
    );
    await expect(asking).rejects.toThrow(EndpointError);
    await expect(asking).rejects.toThrow(/^http:\/\/127\.0\.0\.1:\d+ gave no answer to GET \/v2\//);
  });

  it('is said in one line that fits a narrow report', () => {
    for (const { without } of Object.values(abilities)) expect(without).toMatch(/^[^\n]{10,110}$/);
  });
});

describe('the emulator behind an endpoint', () => {
  const serving = (path: string): RequestListener => {
    return ({ url }, response) => response.writeHead(url === path ? 200 : 404).end('{}');
  };

  it.each([
    ['MiniStack', '/_ministack/health', emulators.ministack],
    ['LocalStack', '/_localstack/health', emulators.localstack],
  ])('is %s if its health page answers', async (_, path, emulator) => {
    await expect(during(serving(path), emulatorAt)).resolves.toBe(emulator);
  });

  it('is unknown if it has no page of a known emulator, or does not answer', async () => {
    await expect(during(serving('/health'), emulatorAt)).resolves.toBeUndefined();
    await expect(emulatorAt('http://127.0.0.1:9')).resolves.toBeUndefined();
  });
});
