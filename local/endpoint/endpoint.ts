import { devNull } from 'node:os';
import { type ClientConfig, credentials } from '../../lab/target/client-config.ts';
import { awsVariables, type Environment, ownEnvironment } from '../../system/environment.ts';
import { handOver, makeOwnFolder, removeFolder } from '../../system/folders.ts';
import { pythonTool } from '../../system/python/python-tool.ts';
import { onShutdown } from '../../system/teardown.ts';
import { startEmulator } from './emulator.ts';
import { checkGivenEndpoint } from './given-endpoint.ts';

const defaultRegion = 'us-east-1';

/** Where the stack is deployed to: an emulator of this run's own, or an endpoint that was there. */
export interface Endpoint {
  readonly url: string;
  /** Whether this run started it: nobody else uses it, and nothing has to be cleared away in it. */
  readonly started: boolean;
  /** The process of an emulator of this run; it runs the functions as its children. */
  readonly emulatorPid: number | undefined;
  /** This run's own folder below `.local/runs/`. */
  readonly folder: string;
  /** For child processes, in place of the user's own AWS_ variables (`withoutAws`). */
  readonly environment: Environment;
  readonly clientConfig: ClientConfig;
  /** Rejects with an EndpointError when an emulator of this run ends by itself; else it stays pending. */
  readonly died: Promise<never>;
  /**
   * Lets an emulator of this run go on after it; `stop` does nothing from then on.
   * @returns Its process and its log; nothing for an endpoint that was there.
   */
  keep(): Promise<{ readonly pid: number; readonly log: string } | undefined>;
  /** Stops what this run started, and removes its folder. Safe to call again. */
  stop(): Promise<void>;
}

/**
 * The endpoint at AWS_ENDPOINT_URL where that is set; else an emulator, installed where needed and started.
 *
 * @param onStep Told what is being done, where that takes a while.
 * @throws ConfigurationError, EndpointError, ToolError where there is no endpoint to be had; nothing is left then.
 */
export async function openEndpoint(onStep: (step: string) => void = () => {}): Promise<Endpoint> {
  const folder = await makeOwnFolder('runs');
  const forget = onShutdown(() => removeFolder(folder));
  const leave = async () => {
    await removeFolder(folder);
    forget();
  };
  try {
    const own = ownEnvironment();
    const given = own[awsVariables.endpoint];
    return given
      ? await useGiven(given, own, folder, leave, onStep)
      : await startOwn(own, folder, leave, forget, onStep);
  } catch (error) {
    await leave();
    throw error;
  }
}

async function useGiven(
  url: string,
  own: Environment,
  folder: string,
  leave: () => Promise<void>,
  onStep: (step: string) => void,
): Promise<Endpoint> {
  onStep(`Asking ${url}`);
  const region = own[awsVariables.region] || own[awsVariables.defaultRegion] || defaultRegion;
  const described = describe(url, region, folder);
  await checkGivenEndpoint(described.clientConfig);
  return {
    ...described,
    started: false,
    emulatorPid: undefined,
    died: new Promise(() => {}),
    keep: async () => undefined,
    stop: leave,
  };
}

async function startOwn(
  { PATH, LANG }: Environment,
  folder: string,
  leave: () => Promise<void>,
  forget: () => void,
  onStep: (step: string) => void,
): Promise<Endpoint> {
  const python = await pythonTool('ministack', onStep);
  onStep('Starting the emulator');
  const emulator = await startEmulator(python, folder, { PATH, LANG, ...accountVariables(defaultRegion) });
  let over: Promise<void> | undefined;
  return {
    ...describe(emulator.url, defaultRegion, folder),
    started: true,
    emulatorPid: emulator.pid,
    died: emulator.died,
    async keep() {
      over = Promise.resolve();
      await handOver(folder, emulator.pid);
      forget();
      await emulator.release();
      return { pid: emulator.pid, log: emulator.log };
    },
    stop() {
      over ??= emulator.stop().then(leave);
      return over;
    },
  };
}

function describe(url: string, region: string, folder: string) {
  return {
    url,
    folder,
    environment: {
      ...accountVariables(region),
      [awsVariables.endpoint]: url,
      // Besides the endpoint this has the CDK put the bucket into the path: no DNS knows it as a host.
      [awsVariables.s3Endpoint]: url,
    },
    clientConfig: { endpoint: url, region, credentials, useQueueUrlAsEndpoint: false },
  } as const;
}

/** A region and keys for an emulator, and none of the user's profiles. */
function accountVariables(region: string): Environment {
  return {
    [awsVariables.region]: region,
    [awsVariables.defaultRegion]: region,
    [awsVariables.accessKeyId]: credentials.accessKeyId,
    [awsVariables.secretAccessKey]: credentials.secretAccessKey,
    [awsVariables.configFile]: devNull,
    [awsVariables.credentialsFile]: devNull,
    [awsVariables.noInstanceMetadata]: 'true',
  };
}
