import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ownEnvironment, withoutAws } from '../../system/environment.ts';
import { DeploymentError } from '../../system/errors.ts';
import { repository } from '../../system/folders.ts';
import { nodeScript, runChild } from '../../system/processes.ts';
import type { Endpoint } from '../endpoint/endpoint.ts';
import { explain } from './cdk-output.ts';

const cdk = join(repository, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** The stack that `cdk bootstrap` makes. */
const bootstrapStack = 'CDKToolkit';

/** The account that emulators put the keys of an `Endpoint` in. */
const account = '000000000000';

/** Nothing that asks, blinks, or calls home. */
const quiet = ['--ci', '--no-color', '--no-notices', '--no-version-reporting'];

export interface DeployOptions {
  readonly stackNames: readonly string[];
  /** Command that synthesizes the app; cdk.json's by default. */
  readonly app?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Deploys stacks of one app with `cdk deploy`, after `cdk bootstrap` where the endpoint needs it.
 *
 * @param onStep Told what is being done.
 * @returns The outputs of each stack, by its name.
 * @throws DeploymentError with what the CDK said; EndpointError where the emulator ended meanwhile.
 */
export async function deploy(
  endpoint: Endpoint,
  options: DeployOptions,
  onStep: (step: string) => void = () => {},
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  onStep('Deploying');
  // Neither needs the other, and each takes seconds.
  await Promise.all([bootstrap(endpoint), synthesize(endpoint, options)]);
  const outputsFile = join(endpoint.folder, 'outputs.json');
  await run(endpoint, repository, [
    'deploy',
    ...options.stackNames,
    ...['--app', assemblyOf(endpoint)],
    ...['--require-approval', 'never'],
    ...['--outputs-file', outputsFile],
  ]);
  return JSON.parse(await readFile(outputsFile, 'utf8'));
}

async function bootstrap(endpoint: Endpoint): Promise<void> {
  if (!endpoint.started && (await isBootstrapped(endpoint))) return;
  // In a folder without cdk.json no app is loaded for it.
  await run(endpoint, endpoint.folder, ['bootstrap', `aws://${account}/${endpoint.clientConfig.region}`]);
}

async function synthesize(
  endpoint: Endpoint,
  { stackNames, app, context = {} }: DeployOptions,
): Promise<void> {
  await run(endpoint, repository, [
    'synth',
    ...stackNames,
    ...(app === undefined ? [] : ['--app', app]),
    ...Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]),
    ...['--output', assemblyOf(endpoint)],
    '--quiet',
  ]);
}

/** Destroys stacks that `deploy` deployed to the same endpoint. */
export async function destroy(endpoint: Endpoint, stackNames: readonly string[]): Promise<void> {
  await run(endpoint, repository, ['destroy', ...stackNames, '--force', '--app', assemblyOf(endpoint)]);
}

/** A run's own, so that two runs side by side don't write over each other's. */
function assemblyOf({ folder }: Endpoint): string {
  return join(folder, 'cdk.out');
}

async function isBootstrapped({ clientConfig }: Endpoint): Promise<boolean> {
  const client = new CloudFormationClient(clientConfig);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: bootstrapStack }));
    return Stacks.some(({ StackStatus }) => /^(CREATE|UPDATE)_COMPLETE$/.test(StackStatus ?? ''));
  } catch {
    // There is no such stack; whatever else it may be, `cdk bootstrap` tells.
    return false;
  } finally {
    client.destroy();
  }
}

async function run(endpoint: Endpoint, cwd: string, args: readonly string[]): Promise<void> {
  const env = {
    ...withoutAws(ownEnvironment()),
    ...endpoint.environment,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  const command = nodeScript(cdk, ...args, ...quiet);
  const { code, signal, output } = await runChild(command, { env, cwd, gone: endpoint.died });
  if (code === 0) return;
  throw new DeploymentError(`cdk ${args[0]} failed (${signal ?? `exit code ${code}`}):\n${explain(output)}`);
}
