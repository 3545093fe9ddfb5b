import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ConfigurationError } from '../../contract/errors.ts';
import { awsVariables } from '../../system/environment.ts';
import { EndpointError } from '../../system/errors.ts';
import type { ClientConfig } from './client-config.ts';
import { emulatorAt } from './emulators.ts';
import { isAwsHost, isPrivateAddress } from './hosts.ts';

/** Longest first answer, in ms. */
const answerMs = 10_000;
/** Longest wait for an emulator that is still loading, in ms. LocalStack loads each service at its first request. */
const loadingMs = 300_000;
/** Time between two requests to an emulator that is still loading, in ms. */
const pollMs = 500;

const variable = awsVariables.endpoint;
const otherWays = `Start the endpoint, or unset ${variable}: then the command starts an emulator.`;

/**
 * Checks an existing endpoint. Waits for an emulator that this project knows if it is still loading.
 *
 * @param onStep Called if the emulator is still loading.
 * @throws ConfigurationError if it is not a URL, or is outside this machine and its private network. A run writes test data to
 *   its endpoint without asking.
 * @throws EndpointError if the endpoint does not answer within seconds, or if the emulator is still loading after five minutes.
 */
export async function checkGivenEndpoint(
  config: ClientConfig,
  onStep: (step: string) => void = () => {},
): Promise<void> {
  const host = hostOf(config.endpoint);
  await checkIsLocal(config.endpoint, host);
  const client = new SNSClient({ ...config, maxAttempts: 1 });
  try {
    await waitForSns(client, config.endpoint, onStep);
  } catch (cause) {
    throw new EndpointError(
      `${variable} is "${config.endpoint}", where nothing answers as SNS does (${reason(cause)}). ${otherWays}`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}

/** @throws The error of the last request. */
async function waitForSns(client: SNSClient, url: string, onStep: (step: string) => void): Promise<void> {
  const deadline = Date.now() + loadingMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      await client.send(new ListTopicsCommand(), { abortSignal: AbortSignal.timeout(answerMs) });
      return;
    } catch (error) {
      const emulator = await emulatorAt(url);
      if (emulator === undefined || Date.now() > deadline) throw error;
      if (isFirst) onStep(`${emulator.title} at ${url} is still loading`);
    }
    await delay(pollMs);
  }
}

function hostOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new ConfigurationError(
      `${variable} is "${url}"; it must be the URL of an endpoint, for example http://localhost:4566`,
    );
  }
  return parsed.hostname.replace(/^\[|\]$/g, '');
}

async function checkIsLocal(url: string, host: string): Promise<void> {
  if (isAwsHost(host)) {
    throw new ConfigurationError(
      `${variable} is "${url}", which is AWS itself; test data is published to local endpoints only. Unset it, or ` +
        'deploy to AWS with "npx cdk deploy".',
    );
  }
  let addresses: { address: string }[];
  try {
    addresses = await lookup(host, { all: true });
  } catch (cause) {
    throw new EndpointError(
      `${variable} is "${url}", whose host is unknown (${reason(cause)}). ${otherWays}`,
      {
        cause,
      },
    );
  }
  const outside = addresses.find(({ address }) => !isPrivateAddress(address));
  if (outside !== undefined) {
    throw new ConfigurationError(
      `${variable} is "${url}", which leads to ${outside.address}, outside this machine and its private network; ` +
        'test data is only published to local endpoints. Reach it through a tunnel to localhost, or unset the ' +
        'variable: then the command starts an emulator.',
    );
  }
}

function reason(cause: unknown): string {
  const error = cause as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  if (error.name === 'AbortError') return `no answer in ${answerMs / 1_000} s`;
  // For a host with several addresses, Node returns one error for each, and no common message.
  const message = error.message || error.errors?.[0]?.message || error.name;
  return message.split('\n')[0] ?? message;
}
