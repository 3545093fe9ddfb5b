import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { awsVariables, type Environment } from '../../system/environment.ts';
import { pythonModule } from '../../system/processes.ts';
import type { RunningEmulator } from '../endpoint/emulator.ts';
import { host, ownFolders, startServer } from '../endpoint/start-server.ts';
import { askHealth } from './ask-health.ts';

/** The package on PyPI, and its module. */
export const ministackPackage = 'ministack';

/**
 * Starts MiniStack.
 *
 * @param python The interpreter in whose environment MiniStack is installed.
 * @param folder A folder of its own for its files and its log.
 * @param env Region and credentials for the emulator and its functions, and the PATH.
 * @param port Its port. @default - a free one
 */
export async function startMiniStack(
  python: string,
  folder: string,
  env: Environment,
  port?: number,
): Promise<RunningEmulator> {
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  // The emulator writes CommonJS scripts below this folder. Without this file they would get the type "module" from
  // this repository's package.json.
  await writeFile(join(temporary, 'package.json'), '{}');
  return await startServer({
    title: 'MiniStack',
    command: pythonModule(python, ministackPackage),
    log: join(folder, 'emulator.log'),
    ...(port === undefined ? {} : { port }),
    environment: (chosen) => ({
      ...env,
      ...ownFolders(folder, temporary, env.PATH),
      STATE_DIR: join(folder, 'state'),
      S3_DATA_DIR: join(folder, 's3'),
      BIND_HOST: host,
      GATEWAY_PORT: String(chosen),
      MINISTACK_REGION: env[awsVariables.region],
      // Switches off its only other port, which is fixed.
      IOT_MTLS_ENABLED: '0',
      // Its health page repeats this value, so another emulator on the same port is recognized.
      MINISTACK_EDITION: basename(folder),
    }),
    isUp: async (url) => (await askHealth(url))?.edition === basename(folder),
  });
}
