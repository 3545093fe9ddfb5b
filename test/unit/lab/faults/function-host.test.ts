import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMailSystem } from '../../../../lab/faults/mail-system.ts';
import { startProvider } from '../../../../lab/faults/provider/payment-provider.ts';
import { startMailProxy } from '../../../../lab/faults/proxy/mail-proxy.ts';
import { startStoreProxy } from '../../../../lab/faults/proxy/store-proxy.ts';
import { openSandbox } from '../../../../lab/faults/sandbox.ts';

/** An address of every Linux machine, besides the usual one of the loopback interface. */
const host = '127.0.0.2';
const endpoint = 'http://127.0.0.1:9';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'function-host-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('for functions in containers', () => {
  test.each([
    ['the mail system', () => startMailSystem(host)],
    [
      'the payment provider',
      () =>
        startProvider({ host, file: join(folder, 'charges'), mode: 'none', seed: 1, keyRetentionMs: 1_000 }),
    ],
    [
      'the mail proxy',
      () => startMailProxy({ host, endpoint, file: join(folder, 'mails'), mode: 'none', seed: 1 }),
    ],
    ['the store proxy', () => startStoreProxy({ host, endpoint, after: 0, seconds: 0, seed: 1 })],
  ])('%s listens on the address that containers reach', async (_, start) => {
    const { url, close } = await start();
    expect(new URL(url).hostname).toBe(host);
    await close();
  });

  test('the stack gets the payment provider under the name of this machine in containers', async () => {
    const sandbox = await openSandbox(
      {
        clientConfig: {
          endpoint,
          region: 'us-east-1',
          credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
          useQueueUrlAsEndpoint: false,
        },
        folder,
        emulatorPid: undefined,
        pages: undefined,
        functionHost: { address: host, name: 'host.docker.internal' },
      },
      {
        stackName: 'Orders',
        provider: 'none',
        mail: 'none',
        kill: 0,
        freeze: 0,
        outage: 0,
        outageAfter: 0,
        seed: 1,
      },
    );
    expect(sandbox.settings.billing.paymentUrl).toMatch(/^http:\/\/host\.docker\.internal:\d+\/charges$/);
    await sandbox.close();
  });
});
