import { command } from '../../system/command.ts';
import { awsVariables, ownEnvironment } from '../../system/environment.ts';
import { makeOwnFolder, removeFolder } from '../../system/folders.ts';
import { onShutdown, stopAll, stopOnSignals } from '../../system/teardown.ts';
import { findPort } from '../endpoint/start-server.ts';
import { localstack } from './localstack.ts';
import { readServeOptions, type ServeOptions, serveUsage } from './serve-options.ts';

stopOnSignals();
await command(process.argv.slice(2), readServeOptions, serveUsage, serve);
await stopAll();

/**
 * Runs LocalStack until a signal ends this process.
 * @throws EndpointError if the port is in use, or if LocalStack ends by itself; ToolError if it cannot be installed
 */
async function serve({ port }: ServeOptions): Promise<boolean> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  // Before an installation that takes minutes.
  await findPort(port);
  const folder = await makeOwnFolder('runs');
  onShutdown(() => removeFolder(folder));
  const { PATH, LANG } = ownEnvironment();
  const { url, log, died } = await localstack.start({
    folder,
    environment: { PATH, LANG },
    port,
    onStep: say,
  });
  // The line can be pasted into a shell as it is.
  process.stdout.write(
    `export ${awsVariables.endpoint}=${url}  # Ctrl-C here stops LocalStack. Its log: ${log}\n`,
  );
  // The emulator alone does not keep this process running.
  const running = setInterval(() => {}, 1_000_000);
  return await died.finally(() => clearInterval(running));
}
