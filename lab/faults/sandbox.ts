import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../contract/errors.ts';
import { onShutdown } from '../../system/teardown.ts';
import { type Mail, readMails } from '../observe/emulator-pages.ts';
import { HeldMessages } from '../observe/held-messages.ts';
import type { ClientConfig } from '../target/client-config.ts';
import { consumersOf, forEachConsumer, type StackOutputs } from '../target/consumers.ts';
import { redirect } from '../target/redirect.ts';
import { verifySender } from '../target/verify-sender.ts';
import { type EndedFunctions, killFunctions } from './kill-functions.ts';
import { type ProviderRequest, startProvider } from './provider/payment-provider.ts';
import type { ProviderMode } from './provider/provider-faults.ts';
import { type MailMode, startMailProxy } from './proxy/mail-proxy.ts';
import { type StoreRequests, startStoreProxy } from './proxy/store-proxy.ts';

/** Where the stack runs whose functions the sandbox surrounds. */
export interface SandboxHost {
  readonly clientConfig: ClientConfig;
  /** Gets a log of the requests to the provider, and one of those to send mails. */
  readonly folder: string;
  /** The process of an emulator that runs the functions as its children; `undefined` where there is none. */
  readonly emulatorPid: number | undefined;
}

export interface SandboxOptions {
  readonly stackName: string;
  readonly provider: ProviderMode;
  readonly mail: MailMode;
  /** How many processes of functions are killed, and how many frozen. */
  readonly kill: number;
  readonly freeze: number;
  /** How long the store refuses, in seconds, and after how many requests it begins to. */
  readonly outage: number;
  readonly outageAfter: number;
  readonly seed: number;
}

/** What the functions reach outside of the stack, and what goes wrong there. */
export interface Sandbox {
  /** What the stack has to know of it. */
  readonly context: Readonly<Record<string, string>>;
  readonly mailDomain: string;
  /** Whether nothing goes wrong: then nothing may stay unclear. */
  readonly isHarmless: boolean;
  /** What a deployment cannot do: has the endpoint take the stack's mails, and puts the proxies before it that there are. */
  join(stack: StackOutputs): Promise<void>;
  /** Ends functions until told that there is no more work. */
  killFunctions(stack: StackOutputs): { stop(): Promise<EndedFunctions> };
  charges(): Promise<ProviderRequest[]>;
  mails(): Promise<Pick<Mail, 'idempotencyKey' | 'to'>[]>;
  /** What became of the requests to the store; `undefined` where nothing stands before it. */
  storeRequests(): StoreRequests | undefined;
  close(): Promise<void>;
}

/** In ms. A provider that forgets: before a message comes a second time (30 s), and before it comes a third time. */
const keyRetention: Readonly<Partial<Record<ProviderMode, number>>> = { forget: 20_000, mixed: 60_000 };
const day = 24 * 3_600_000;

/** @throws ConfigurationError where functions are to be ended and their processes are not to be found. */
export async function openSandbox(host: SandboxHost, options: SandboxOptions): Promise<Sandbox> {
  const { stackName, mail, kill, freeze, outage, outageAfter, seed } = options;
  const { clientConfig, folder, emulatorPid } = host;
  if (kill + freeze > 0) checkProcesses(emulatorPid);
  const retention = keyRetention[options.provider] ?? day;
  const file = (name: string) => join(folder, name);
  const provider = await startProvider({
    file: file('charges.ndjson'),
    mode: options.provider,
    seed,
    keyRetention: retention,
  });
  const mailProxy =
    mail === 'none'
      ? undefined
      : await startMailProxy({
          endpoint: clientConfig.endpoint,
          file: file('mails.ndjson'),
          mode: mail,
          seed,
        });
  const storeProxy =
    outage === 0
      ? undefined
      : await startStoreProxy({ endpoint: clientConfig.endpoint, after: outageAfter, seconds: outage, seed });
  const close = async () => {
    forget();
    await Promise.all([provider.close(), mailProxy?.close(), storeProxy?.close()]);
  };
  const forget = onShutdown(close);
  // A domain of the run's own: an endpoint that was there may list the mails of earlier runs.
  const mailDomain = `${stackName.toLowerCase()}.example.com`;
  const mailFrom = `orders@${mailDomain}`;
  return {
    context: {
      paymentUrl: provider.url,
      paymentKeyRetentionSeconds: String(retention / 1000),
      mailFrom,
      mailDomain,
    },
    mailDomain,
    isHarmless: options.provider === 'none' && mail === 'none' && kill + freeze + outage === 0,
    async join(stack) {
      await verifySender(clientConfig, mailFrom);
      await forEachConsumer((consumer) =>
        redirect(clientConfig, consumersOf(stack)[consumer].functionName, {
          ...(mailProxy && consumer === 'notifications' && { SESV2: mailProxy.url }),
          ...(storeProxy && { DYNAMODB: storeProxy.url }),
        }),
      );
    },
    killFunctions(stack) {
      const stopping = new AbortController();
      const deployed = Object.values(consumersOf(stack));
      const held = new HeldMessages(clientConfig);
      const ended = killFunctions({
        parent: emulatorPid ?? 0,
        functionNames: deployed.map(({ functionName }) => functionName),
        kill,
        freeze,
        seed,
        heldBy: async (name) => {
          const consumer = deployed.find(({ functionName }) => functionName === name);
          return consumer === undefined ? [] : await held.of(consumer.queueUrl);
        },
        signal: stopping.signal,
      });
      // Who stops it hears what failed; nobody else has to.
      ended.catch(() => {});
      return {
        stop: async () => {
          stopping.abort();
          return await ended;
        },
      };
    },
    charges: () => provider.requests(),
    mails: async () => {
      const all = await readMails(clientConfig);
      const own = all.filter(({ to }) => to.some((address) => address.endsWith(`@${mailDomain}`)));
      // Without the texts, which weigh most.
      return own.map(({ idempotencyKey, to }) => ({ idempotencyKey, to }));
    },
    storeRequests: () => storeProxy?.requests(),
    close,
  };
}

function checkProcesses(emulatorPid: number | undefined): void {
  if (emulatorPid === undefined) {
    throw new ConfigurationError(
      '--kill and --freeze end processes of the emulator that npm start starts itself: unset AWS_ENDPOINT_URL, or leave ' +
        'them out',
    );
  }
  if (!existsSync('/proc/self/schedstat')) {
    throw new ConfigurationError(
      '--kill and --freeze find the processes of functions in /proc, as Linux has it: leave them out',
    );
  }
}
