import { lookup } from 'node:dns/promises';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ConfigurationError } from '../../contract/errors.ts';
import type { ClientConfig } from '../../lab/target/client-config.ts';
import { awsVariables } from '../../system/environment.ts';
import { EndpointError } from '../../system/errors.ts';
import { isAwsHost, isPrivateAddress } from './hosts.ts';

/** LocalStack loads a service when it is first asked for. */
const answerMs = 10_000;

const variable = awsVariables.endpoint;
const otherWays =
  `Start the endpoint ("docker compose up -d" starts LocalStack at http://localhost:4566), or unset ${variable} to ` +
  'use the emulator that comes with this project.';

/**
 * Checks an endpoint that somebody else started.
 *
 * @throws ConfigurationError where it is no URL, or leads out of this machine and its private network: what is done
 *   at an endpoint is done with test data, without asking.
 * @throws EndpointError where nothing answers there within seconds.
 */
export async function checkGivenEndpoint(config: ClientConfig): Promise<void> {
  const host = hostOf(config.endpoint);
  await checkIsLocal(config.endpoint, host);
  const client = new SNSClient({ ...config, maxAttempts: 1 });
  try {
    await client.send(new ListTopicsCommand(), { abortSignal: AbortSignal.timeout(answerMs) });
  } catch (cause) {
    throw new EndpointError(
      `${variable} is "${config.endpoint}", where nothing answers as SNS does (${reason(cause)}). ${otherWays}`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}

function hostOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new ConfigurationError(
      `${variable} is "${url}"; expected the URL of an endpoint, http://localhost:4566 for instance`,
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
        'test data is published to local endpoints only. Reach it through a tunnel to localhost, or unset the ' +
        'variable to use the emulator that comes with this project.',
    );
  }
}

function reason(cause: unknown): string {
  const error = cause as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  if (error.name === 'AbortError') return `no answer in ${answerMs / 1_000} s`;
  // A host with several addresses fails with an error for each, and no message of its own.
  const message = error.message || error.errors?.[0]?.message || error.name;
  return message.split('\n')[0] ?? message;
}
