import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../contract/errors.ts';
import { readReference } from '../../contract/orders/mail.ts';
import type { ClientConfig } from '../../local/endpoint/client-config.ts';
import type { EmulatorPages } from '../../local/endpoint/emulator-pages.ts';
import { type FunctionHost, urlForFunctions } from '../../local/endpoint/function-host.ts';
import { onShutdown } from '../../system/teardown.ts';
import { HeldMessages } from '../observe/held-messages.ts';
import { consumersOf, forEachConsumer, type StackOutputs } from '../target/consumers.ts';
import { redirect } from '../target/redirect.ts';
import type { StageSettings } from '../target/stage-settings.ts';
import { verifySender } from '../target/verify-sender.ts';
import { type EndedFunctions, killFunctions } from './kill-functions.ts';
import { openMailSystem, type SentMail } from './mail-system.ts';
import { type ProviderRequest, startProvider } from './provider/payment-provider.ts';
import type { ProviderMode } from './provider/provider-faults.ts';
import { type MailMode, startMailProxy } from './proxy/mail-proxy.ts';
import { type StoreRequests, startStoreProxy } from './proxy/store-proxy.ts';

/** The endpoint of the stack whose functions the sandbox surrounds. */
export interface SandboxHost {
  readonly clientConfig: ClientConfig;
  /** Folder for the logs of requests to the provider and of requests to send mails. */
  readonly folder: string;
  /** Process id of an emulator that runs the functions as its children; `undefined` if there is none. */
  readonly emulatorPid: number | undefined;
  /** Pages of the endpoint's emulator; `undefined` if it has none. */
  readonly pages: EmulatorPages | undefined;
  /** How functions reach the servers of the sandbox. */
  readonly functionHost: FunctionHost;
}

export interface SandboxOptions {
  readonly stackName: string;
  readonly provider: ProviderMode;
  readonly mail: MailMode;
  /** Number of function processes to kill, and number to freeze. */
  readonly kill: number;
  readonly freeze: number;
  /** Length of the store's outage in seconds, and the number of requests before it. */
  readonly outage: number;
  readonly outageAfter: number;
  readonly seed: number;
}

/** The systems outside of the stack that functions call, with their faults. */
export interface Sandbox {
  /** Settings that the stack needs for the sandbox. */
  readonly settings: Pick<StageSettings, 'billing' | 'notifications'>;
  readonly mailDomain: string;
  /** Whether there are no faults. Then no outcome may be unknown. */
  readonly isHarmless: boolean;
  /** Connects the deployed stack: verifies the sender of its mails, and puts the proxies in front of its services. */
  join(stack: StackOutputs): Promise<void>;
  /** Ends function processes until `stop` is called. */
  killFunctions(stack: StackOutputs): { stop(): Promise<EndedFunctions> };
  charges(): Promise<ProviderRequest[]>;
  mails(): Promise<SentMail[]>;
  /** Counts of the requests to the store; `undefined` if there is no proxy in front of the store. */
  storeRequests(): StoreRequests | undefined;
  close(): Promise<void>;
}

/**
 * Key retention in ms of providers that forget: shorter than the time to a message's second delivery (30 s), or to its
 * third.
 */
const keyRetentionMs: Readonly<Partial<Record<ProviderMode, number>>> = { forget: 20_000, mixed: 60_000 };
const dayMs = 24 * 3_600_000;

/** @throws ConfigurationError if processes are to be ended, but cannot be found on this machine. */
export async function openSandbox(host: SandboxHost, options: SandboxOptions): Promise<Sandbox> {
  const { stackName, mail, kill, freeze, outage, outageAfter, seed } = options;
  const { clientConfig, folder, emulatorPid, pages, functionHost } = host;
  const { address } = functionHost;
  if (kill + freeze > 0) checkProcesses(emulatorPid, pages);
  const retentionMs = keyRetentionMs[options.provider] ?? dayMs;
  const file = (name: string) => join(folder, name);
  const provider = await startProvider({
    host: address,
    file: file('charges.ndjson'),
    mode: options.provider,
    seed,
    keyRetentionMs: retentionMs,
  });
  const mailSystem = await openMailSystem(clientConfig, pages, address);
  const mailProxy =
    mail === 'none'
      ? undefined
      : await startMailProxy({
          host: address,
          endpoint: mailSystem.url,
          file: file('mails.ndjson'),
          mode: mail,
          seed,
        });
  const storeProxy =
    outage === 0
      ? undefined
      : await startStoreProxy({
          host: address,
          endpoint: clientConfig.endpoint,
          after: outageAfter,
          seconds: outage,
          seed,
        });
  const close = async () => {
    forget();
    await Promise.all([provider.close(), mailSystem.close(), mailProxy?.close(), storeProxy?.close()]);
  };
  const forget = onShutdown(close);
  // Each run has its own domain, because an existing endpoint may also list mails of earlier runs.
  const mailDomain = `${stackName.toLowerCase()}.example.com`;
  const mailFrom = `orders@${mailDomain}`;
  return {
    settings: {
      billing: {
        paymentUrl: urlForFunctions(provider.url, functionHost),
        paymentKeyRetentionSeconds: retentionMs / 1000,
        // For functions in containers, this machine is not the loopback address.
        allowPlainHttp: true,
      },
      notifications: { mailFrom, mailDomain },
    },
    mailDomain,
    isHarmless: options.provider === 'none' && mail === 'none' && kill + freeze + outage === 0,
    async join(stack) {
      await verifySender({ ...clientConfig, endpoint: mailSystem.url }, mailFrom);
      const mailUrl = mailProxy?.url ?? mailSystem.url;
      await forEachConsumer((consumer) =>
        redirect(clientConfig, consumersOf(stack)[consumer].functionName, {
          ...(consumer === 'notifications' &&
            mailUrl !== clientConfig.endpoint && { SESV2: urlForFunctions(mailUrl, functionHost) }),
          ...(storeProxy && { DYNAMODB: urlForFunctions(storeProxy.url, functionHost) }),
        }),
      );
    },
    killFunctions(stack) {
      const stopping = new AbortController();
      const deployed = Object.values(consumersOf(stack));
      const held = pages && new HeldMessages(clientConfig, pages);
      const ended = killFunctions({
        parent: emulatorPid ?? 0,
        functionNames: deployed.map(({ functionName }) => functionName),
        kill,
        freeze,
        seed,
        heldBy: async (name) => {
          const consumer = deployed.find(({ functionName }) => functionName === name);
          return consumer === undefined || held === undefined ? [] : await held.of(consumer.queueUrl);
        },
        signal: stopping.signal,
      });
      // `stop` reports a failure. Without `stop`, it can be ignored.
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
      const all = await mailSystem.readMails();
      const own = all.filter(({ to }) => to.some((address) => address.endsWith(`@${mailDomain}`)));
      // Without the texts, which need most of the memory.
      return own.map(({ text, to }) => ({ idempotencyKey: readReference(text), to }));
    },
    storeRequests: () => storeProxy?.requests(),
    close,
  };
}

function checkProcesses(emulatorPid: number | undefined, pages: EmulatorPages | undefined): void {
  if (emulatorPid === undefined) {
    throw new ConfigurationError(
      '--kill and --freeze end processes of the emulator that npm start starts itself: unset AWS_ENDPOINT_URL, or leave ' +
        'them out',
    );
  }
  if (pages === undefined) {
    throw new ConfigurationError(
      '--kill and --freeze read the messages of a function from pages that this emulator does not have: leave them out, ' +
        'or use "--emulator ministack"',
    );
  }
  if (!existsSync('/proc/self/schedstat')) {
    throw new ConfigurationError(
      '--kill and --freeze find the processes of functions in /proc, as Linux has it: leave them out',
    );
  }
}
