import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { alarmsContext } from '../../contract/reporting/alarms-context.ts';
import { ownEnvironment, withoutAws } from '../../system/environment.ts';
import { DeploymentError } from '../../system/errors.ts';
import { nodeScript, runChild } from '../../system/processes.ts';
import type { Endpoint } from '../endpoint/endpoint.ts';
import { readStacks, type SynthesizedStack } from './assembly.ts';
import { explain } from './cdk-output.ts';
import { findCdk } from './find-cdk.ts';
import { checkPlace, selectStacks, withDependencies } from './select-stacks.ts';
import { hasResources, readResources, type StackResource } from './stack-resources.ts';

/** The stack that `cdk bootstrap` makes. */
const bootstrapStack = 'CDKToolkit';

/** The CDK's own qualifier of what `cdk bootstrap` makes. An app may choose another, `@aws-cdk/core:bootstrapQualifier`. */
const defaultQualifier = 'hnb659fds';

/** The account to which emulators assign the keys of an `Endpoint`. */
const account = '000000000000';

/** No questions, no colours, and no calls to the CDK's servers. */
const quiet = ['--ci', '--no-color', '--no-notices', '--no-version-reporting'];

export interface DeployOptions {
  /** Folder of the CDK project, with its cdk.json and its aws-cdk. */
  readonly project: string;
  /** Names of stacks, or patterns of the CDK. @default - the app's only stack */
  readonly stackNames?: readonly string[] | undefined;
  /** Command that synthesizes the app. @default - the one of cdk.json */
  readonly app?: string | undefined;
  readonly context?: Readonly<Record<string, string>> | undefined;
}

/** The outputs of each deployed stack, by its name in CloudFormation. A stack without outputs has an empty entry. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Deployment {
  readonly outputs: Outputs;
  /** The resources of the deployed stacks and of their nested stacks. */
  readonly resources: readonly StackResource[];
}

/**
 * Deploys stacks of one app with `cdk deploy`. Runs `cdk bootstrap` first if the endpoint needs it.
 *
 * @param onStep Called with the name of each step.
 * @returns What was deployed: the chosen stacks, and those that they depend on. An existing endpoint may hold other stacks of the
 *   app from an earlier run.
 * @throws DeploymentError with the CDK's output; ConfigurationError if the app has no such stack, or one for another account;
 *   ToolError if the project has no CDK; EndpointError if the emulator ended meanwhile.
 */
export async function deploy(
  endpoint: Endpoint,
  options: DeployOptions,
  onStep: (step: string) => void = () => {},
): Promise<Deployment> {
  onStep('Synthesizing');
  const { project } = options;
  const stacks = await prepare(endpoint, options);
  const stackNames = selectStacks(stacks, options.stackNames);
  checkPlace(stacks, stackNames, { account, region: endpoint.clientConfig.region });
  for (const qualifier of new Set(stacks.map((stack) => stack.qualifier)))
    if (qualifier !== undefined && qualifier !== defaultQualifier)
      await bootstrap(endpoint, project, qualifier);
  onStep('Deploying');
  const outputsFile = join(endpoint.folder, 'outputs.json');
  await run(endpoint, project, [
    'deploy',
    ...stackNames,
    ...['--app', assemblyOf(endpoint)],
    ...['--require-approval', 'never'],
    ...['--outputs-file', outputsFile],
  ]);
  const outputs: Outputs = JSON.parse(await readFile(outputsFile, 'utf8'));
  const deployed: SynthesizedStack[] = [];
  for (const stack of withDependencies(stacks, stackNames))
    if (await hasResources(stack)) deployed.push(stack);
  return {
    // The CDK leaves out stacks without outputs.
    outputs: { ...Object.fromEntries(deployed.map(({ stackName }) => [stackName, {}])), ...outputs },
    resources: await resourcesOf(endpoint, deployed),
  };
}

async function resourcesOf(
  { clientConfig }: Endpoint,
  stacks: readonly SynthesizedStack[],
): Promise<readonly StackResource[]> {
  const client = new CloudFormationClient(clientConfig);
  try {
    const resources: StackResource[] = [];
    for (const stack of stacks) resources.push(...(await readResources(client, stack)));
    return resources;
  } finally {
    client.destroy();
  }
}

/**
 * Synthesizes and bootstraps at once, because each takes seconds and neither needs the other. If one fails, the other is stopped,
 * so that no process is left.
 * @returns All stacks of the app.
 */
async function prepare(endpoint: Endpoint, options: DeployOptions): Promise<readonly SynthesizedStack[]> {
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const died = Promise.race([endpoint.died, stopped]);
  // The steps see it while a process of theirs runs.
  died.catch(() => {});
  const stoppable = { ...endpoint, died };
  const steps = [synthesize(stoppable, options), bootstrap(stoppable, options.project)] as const;
  for (const step of steps) step.catch(stop);
  await Promise.allSettled(steps);
  const [stacks] = await Promise.all(steps);
  return stacks;
}

async function bootstrap(endpoint: Endpoint, project: string, qualifier = defaultQualifier): Promise<void> {
  const stackName = qualifier === defaultQualifier ? bootstrapStack : `${bootstrapStack}-${qualifier}`;
  if (!endpoint.started && (await isBootstrapped(endpoint, stackName))) return;
  const { folder, clientConfig } = endpoint;
  const place = `aws://${account}/${clientConfig.region}`;
  const args = ['bootstrap', place, '--qualifier', qualifier, '--toolkit-stack-name', stackName];
  // In a folder without cdk.json, the CDK does not load the app.
  await run(endpoint, project, args, { cwd: folder });
}

/** @returns All stacks of the app. */
async function synthesize(
  endpoint: Endpoint,
  { project, stackNames, app, context = {} }: DeployOptions,
): Promise<readonly SynthesizedStack[]> {
  const assembly = assemblyOf(endpoint);
  const args = [
    'synth',
    // Only the assets of these stacks are bundled.
    ...(stackNames ?? []),
    ...(app === undefined ? [] : ['--app', app]),
    ...Object.entries({ [alarmsContext]: 'false', ...context }).flatMap(([name, value]) => [
      '--context',
      `${name}=${value}`,
    ]),
    ...['--output', assembly],
    '--quiet',
  ];
  const name = app === undefined ? 'cdk synth' : `cdk synth --app "${app}"`;
  await run(endpoint, project, args, { name }).catch(async (error) => {
    // If the app succeeded, it lacks a stack, and the CDK does not say which stacks it has.
    const stacks = await readStacks(assembly).catch(() => []);
    if (stacks.length > 0 && stackNames !== undefined) selectStacks(stacks, stackNames);
    throw error;
  });
  return await readStacks(assembly);
}

/** Destroys stacks that `deploy` deployed to the same endpoint. */
export async function destroy(
  endpoint: Endpoint,
  project: string,
  stackNames: readonly string[],
): Promise<void> {
  await run(endpoint, project, ['destroy', ...stackNames, '--force', '--app', assemblyOf(endpoint)]);
}

/** Each run has its own folder, so that two runs do not overwrite each other's files. */
function assemblyOf({ folder }: Endpoint): string {
  return join(folder, 'cdk.out');
}

async function isBootstrapped({ clientConfig }: Endpoint, stackName: string): Promise<boolean> {
  const client = new CloudFormationClient(clientConfig);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks.some(({ StackStatus }) => /^(CREATE|UPDATE)_COMPLETE$/.test(StackStatus ?? ''));
  } catch {
    // There is no such stack. Any other problem appears in `cdk bootstrap`.
    return false;
  } finally {
    client.destroy();
  }
}

interface RunOptions {
  /** Working directory. @default - the project */
  readonly cwd?: string;
  /** Name of the command in errors. */
  readonly name?: string;
}

/** Runs the project's CDK. */
async function run(
  endpoint: Endpoint,
  project: string,
  args: readonly string[],
  { cwd = project, name = `cdk ${args[0]}` }: RunOptions = {},
): Promise<void> {
  const env = {
    ...withoutAws(ownEnvironment()),
    ...endpoint.environment,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    // Otherwise the SDK's warning of an old Node stands in errors.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const command = nodeScript(findCdk(project), ...args, ...quiet);
  const { code, signal, output } = await runChild(command, { env, cwd, gone: endpoint.died });
  if (code === 0) return;
  throw new DeploymentError(`${name} failed (${signal ?? `exit code ${code}`}):\n${explain(output)}`);
}
