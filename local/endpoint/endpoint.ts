import { devNull } from 'node:os';
import { awsVariables, type Environment, ownEnvironment } from '../../system/environment.ts';
import { handOver, makeOwnFolder, removeFolder } from '../../system/folders.ts';
import { onShutdown } from '../../system/teardown.ts';
import { type Ability, abilities, askAbilities } from './abilities.ts';
import { type ClientConfig, credentials } from './client-config.ts';
import type { Emulator } from './emulator.ts';
import { type EmulatorName, emulatorAt, emulators } from './emulators.ts';
import { containerHost, type FunctionHost, loopback } from './function-host.ts';
import { checkGivenEndpoint } from './given-endpoint.ts';

const defaultRegion = 'us-east-1';

/** The endpoint of the deployment: an emulator of this run, or an existing endpoint. */
export interface Endpoint {
  readonly url: string;
  /** Whether this run started the endpoint. If so, no other run uses it, and it needs no clean-up. */
  readonly started: boolean;
  /** Process id of this run's emulator, which runs the functions as its children. */
  readonly emulatorPid: number | undefined;
  /** What answers there; `undefined` if it is no emulator that this project knows. */
  readonly emulator: Emulator | undefined;
  /** How functions reach servers of this machine. */
  readonly functionHost: FunctionHost;
  /** This run's own folder below `runs/` of the state folder. */
  readonly folder: string;
  /** Variables for child processes, instead of the user's own AWS_ variables (`withoutAws`). */
  readonly environment: Environment;
  readonly clientConfig: ClientConfig;
  /** Rejects with an EndpointError if this run's emulator ends unexpectedly. Otherwise it stays pending. */
  readonly died: Promise<never>;
  /**
   * Lets this run's emulator continue after the run. `stop` then does nothing.
   * @returns Its process id and its log; `undefined` for an existing endpoint.
   */
  keep(): Promise<{ readonly pid: number; readonly log: string } | undefined>;
  /** Stops this run's emulator and removes its folder. Safe to call again. */
  stop(): Promise<void>;
}

/**
 * Opens the endpoint at AWS_ENDPOINT_URL if that is set. Otherwise it starts an emulator, and installs it if necessary.
 *
 * @param emulator The emulator to start.
 * @param onStep Called with the name of each slow step.
 * @throws ConfigurationError, EndpointError, ToolError if there is no endpoint. Nothing is left running then.
 */
export async function openEndpoint(
  emulator: EmulatorName = 'ministack',
  onStep: (step: string) => void = () => {},
): Promise<Endpoint> {
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
      : await startOwn(emulators[emulator], own, folder, leave, forget, onStep);
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
  await checkGivenEndpoint(described.clientConfig, onStep);
  const emulator = await emulatorAt(url);
  return {
    ...described,
    emulator,
    functionHost: (await emulator?.runsInContainers?.(url)) ? containerHost() : loopback,
    started: false,
    emulatorPid: undefined,
    died: new Promise(() => {}),
    keep: async () => undefined,
    stop: leave,
  };
}

async function startOwn(
  kind: Emulator,
  { PATH, LANG }: Environment,
  folder: string,
  leave: () => Promise<void>,
  forget: () => void,
  onStep: (step: string) => void,
): Promise<Endpoint> {
  const environment = { PATH, LANG, ...accountVariables(defaultRegion) };
  const emulator = await kind.start({ folder, environment, onStep });
  let over: Promise<void> | undefined;
  return {
    ...describe(emulator.url, defaultRegion, folder),
    emulator: kind,
    functionHost: loopback,
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

/**
 * Returns what AWS can do, and an endpoint cannot. For some abilities it asks the endpoint.
 *
 * @throws EndpointError if a request gets no answer
 */
export async function lacksOf({
  emulator,
  clientConfig: { endpoint, region },
}: Pick<Endpoint, 'emulator' | 'clientConfig'>): Promise<ReadonlySet<Ability>> {
  const asked = await askAbilities(endpoint, region);
  // An answer of the endpoint counts more than what is known of its kind.
  const known = (emulator?.lacks ?? []).filter((ability) => abilities[ability].request === undefined);
  return new Set([...known, ...asked]);
}

function describe(url: string, region: string, folder: string) {
  return {
    url,
    folder,
    environment: {
      ...accountVariables(region),
      [awsVariables.endpoint]: url,
      // With this variable the CDK puts the bucket into the path. A host name with the bucket would not resolve.
      [awsVariables.s3Endpoint]: url,
    },
    clientConfig: { endpoint: url, region, credentials, useQueueUrlAsEndpoint: false },
  } as const;
}

/** A region and keys for an emulator, without the user's profiles. */
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
