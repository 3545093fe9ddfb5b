import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Environment, withoutAws } from '../../system/environment.ts';
import { pythonFolder } from '../../system/processes.ts';
import type { RunningEmulator } from '../endpoint/emulator.ts';
import { host, ownFolders, startServer } from '../endpoint/start-server.ts';
import { askHealth } from './ask-localstack.ts';
import type { Installation } from './install-localstack.ts';

/** The program that starts LocalStack without Docker. */
const program = join(import.meta.dirname, 'python');

/** LocalStack's own folders below `FILESYSTEM_ROOT`. */
const libraryFolder = 'usr/lib/localstack';

/**
 * Starts LocalStack.
 *
 * @param folder A folder of its own for its files and its log.
 * @param env The PATH.
 * @param port Its port. @default - a free one
 */
export async function startLocalStack(
  { python, jars, javaHome }: Installation,
  folder: string,
  env: Environment,
  port?: number,
): Promise<RunningEmulator> {
  const temporary = join(folder, 'tmp');
  const root = join(folder, 'root');
  const library = join(root, libraryFolder);
  await mkdir(temporary, { recursive: true });
  await mkdir(library, { recursive: true });
  // Functions are unpacked below this folder. Without this file, their .js files would get the type "module" from this
  // repository's package.json.
  await writeFile(join(folder, 'package.json'), '{}');
  // LocalStack takes its edition from the name of this file, and its health page repeats it. So another LocalStack on the same
  // port is recognized.
  const edition = basename(folder);
  await writeFile(join(library, `.${edition}-version`), '');
  return await startServer({
    title: 'LocalStack',
    command: pythonFolder(python, program),
    log: join(folder, 'emulator.log'),
    ...(port === undefined ? {} : { port }),
    environment: (chosen) => ({
      ...withoutAws(env),
      ...ownFolders(folder, temporary, env.PATH),
      FUNCTIONS_NODE: process.execPath,
      DYNAMODB_LOCAL_JARS: jars,
      JAVA_HOME: javaHome,
      FILESYSTEM_ROOT: root,
      // In a container, LocalStack would take the container for its own image.
      OVERRIDE_IN_DOCKER: '0',
      // With an IPv4 address, LocalStack would listen on all interfaces.
      GATEWAY_LISTEN: `[::ffff:${host}]:${chosen}`,
      LOCALSTACK_HOST: `${host}:${chosen}`,
      // Functions are built for arm64. Their JavaScript runs on any processor.
      LAMBDA_IGNORE_ARCHITECTURE: '1',
      // By default it looks into a queue once a second, and up to ten seconds later if the queue was empty.
      LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC: '0.05',
      LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC: '1',
      SQS_ENDPOINT_STRATEGY: 'path',
      DYNAMODB_IN_MEMORY: '1',
      // No DNS server, and no requests to LocalStack's makers.
      DNS_ADDRESS: '0',
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DISABLE_EVENTS: '1',
    }),
    isUp: async (url) => (await askHealth(url))?.edition === edition,
  });
}
