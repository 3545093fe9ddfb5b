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

/** The account to which emulators assign the keys of an `Endpoint`. */
const account = '000000000000';

/** No questions, no colours, and no calls to the CDK's servers. */
const quiet = ['--ci', '--no-color', '--no-notices', '--no-version-reporting'];

export interface DeployOptions {
  readonly stackNames: readonly string[];
  /** Command that synthesizes the app; cdk.json's by default. */
  readonly app?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Deploys stacks of one app with `cdk deploy`. Runs `cdk bootstrap` first if the endpoint needs it.
 *
 * @param onStep Called with the name of each step.
 * @returns The outputs of each stack, by its name.
 * @throws DeploymentError with the CDK's output; EndpointError if the emulator ended meanwhile.
 */
export async function deploy(
  endpoint: Endpoint,
  options: DeployOptions,
  onStep: (step: string) => void = () => {},
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  onStep('Deploying');
  // In parallel, because each takes seconds and neither needs the other.
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
  // In a folder without cdk.json, the CDK does not load the app.
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

/** Each run has its own folder, so that two runs do not overwrite each other's files. */
function assemblyOf({ folder }: Endpoint): string {
  return join(folder, 'cdk.out');
}

async function isBootstrapped({ clientConfig }: Endpoint): Promise<boolean> {
  const client = new CloudFormationClient(clientConfig);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: bootstrapStack }));
    return Stacks.some(({ StackStatus }) => /^(CREATE|UPDATE)_COMPLETE$/.test(StackStatus ?? ''));
  } catch {
    // There is no such stack. Any other problem appears in `cdk bootstrap`.
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
