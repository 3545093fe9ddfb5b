import { networkInterfaces } from 'node:os';

/** How deployed functions reach servers of this machine, for example the payment provider of `npm start`. */
export interface FunctionHost {
  /** Address on which such a server listens. */
  readonly address: string;
  /** The machine's name in the URLs that functions get. */
  readonly name: string;
}

/** For functions that are processes of this machine. */
export const loopback: FunctionHost = { address: '127.0.0.1', name: '127.0.0.1' };

/**
 * For functions in Docker's containers. On Linux, `host.docker.internal` is the address of Docker's bridge (compose.yaml says
 * `host-gateway`). Docker Desktop has no such interface on the host, and forwards the name to the loopback interface.
 */
export function containerHost(interfaces = networkInterfaces()): FunctionHost {
  const bridge = interfaces.docker0?.find(({ family }) => family === 'IPv4');
  return { address: bridge?.address ?? loopback.address, name: 'host.docker.internal' };
}

/** The URL for functions of a server that listens at `url` on this machine. */
export function urlForFunctions(url: string, { name }: FunctionHost): string {
  const changed = new URL(url);
  changed.hostname = name;
  return changed.href.replace(/\/$/, '');
}
