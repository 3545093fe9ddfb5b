import { join } from 'node:path';
import { openMailSystem } from '../../../lab/faults/mail-system.ts';
import { startProvider } from '../../../lab/faults/provider/payment-provider.ts';
import { startMailProxy } from '../../../lab/faults/proxy/mail-proxy.ts';
import { redirect } from '../../../lab/target/redirect.ts';
import { verifySender } from '../../../lab/target/verify-sender.ts';
import type { Endpoint } from '../../../local/endpoint/endpoint.ts';
import { urlForFunctions } from '../../../local/endpoint/function-host.ts';

/** Where the tests find what the outside world saw. */
export interface SandboxFiles {
  readonly charges: string;
  readonly mails: string;
}

export interface Sandbox {
  /** The settings of a stack that charges and mails there. */
  readonly settings: Readonly<Record<'paymentUrl' | 'mailFrom' | 'mailDomain', string>>;
  readonly files: SandboxFiles;
  readonly mailUrl: string;
  /** Has a deployed function send its mails through the proxy. */
  redirect(functionName: string): Promise<void>;
  close(): Promise<void>;
}

/** What the tests choose their events by. */
export const modes = { seed: 1, charges: 'fail-after', mails: 'lost' } as const;

const mailFrom = 'orders@shop.test';

/** A payment provider, and a way to SES, that lose answers. */
export async function startSandbox({
  clientConfig,
  folder,
  emulator,
  functionHost,
}: Endpoint): Promise<Sandbox> {
  const files = { charges: join(folder, 'charges.ndjson'), mails: join(folder, 'mails.ndjson') };
  const { seed } = modes;
  const host = functionHost.address;
  const mailSystem = await openMailSystem(clientConfig, emulator?.pages, host);
  const [provider, proxy] = await Promise.all([
    startProvider({ host, file: files.charges, mode: modes.charges, seed, keyRetentionMs: 3_600_000 }),
    startMailProxy({ host, endpoint: mailSystem.url, file: files.mails, mode: modes.mails, seed }),
  ]);
  await verifySender({ ...clientConfig, endpoint: mailSystem.url }, mailFrom);
  return {
    settings: {
      paymentUrl: urlForFunctions(provider.url, functionHost),
      mailFrom,
      mailDomain: 'customers.test',
    },
    files,
    mailUrl: mailSystem.url,
    redirect: (functionName) =>
      redirect(clientConfig, functionName, { SESV2: urlForFunctions(proxy.url, functionHost) }),
    close: async () => {
      await provider.close();
      await proxy.close();
      await mailSystem.close();
    },
  };
}
