import { isInstalled, type Server, startServer } from './server.ts';

export const canRunRedis = isInstalled('redis-server', '--version');

/**
 * A Redis server of its own on loopback.
 *
 * @param accepts Whether it takes connections on that port.
 */
export async function startRedis(accepts: (port: number) => Promise<boolean>): Promise<Server> {
  return await startServer(
    (port) => [
      'redis-server',
      ...['--port', String(port), '--bind', '127.0.0.1'],
      // It keeps nothing.
      ...['--save', '', '--appendonly', 'no'],
    ],
    accepts,
  );
}
