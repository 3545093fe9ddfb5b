import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { onShutdown } from '../../../system/teardown.ts';

const host = '127.0.0.1';
/** Ends the wait for a server that hangs: DynamoDB Local takes 15 s on a slow disk. */
const startMs = 300_000;
const portAttempts = 5;

export interface Server {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Whether a program is on this machine's PATH. */
export function isInstalled(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/**
 * Starts a server on a free port of the loopback interface; it is killed with this process at the latest.
 * @param command What starts it on a port.
 * @param isUp Whether it answers there; may throw.
 */
export async function startServer(
  command: (port: number) => readonly [string, ...string[]],
  isUp: (port: number) => Promise<boolean>,
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const [program, ...args] = command(port);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    const forget = onShutdown(async () => void kill());
    const end = () => {
      process.off('exit', kill);
      forget();
      kill();
    };
    if (await answers(child, () => isUp(port))) {
      return {
        host,
        port,
        async stop() {
          const isOver = child.exitCode !== null || child.signalCode !== null;
          end();
          if (!isOver) await once(child, 'exit');
        },
      };
    }
    end();
    // Another process may have taken the port since.
    if (attempt === portAttempts) throw new Error(`${program} did not start. It said:\n${said}`);
  }
}

async function answers(child: ChildProcess, isUp: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + startMs; Date.now() < end; await delay(50)) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    if (await isUp().catch(() => false)) return true;
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
