import { setTimeout as delay } from 'node:timers/promises';

/**
 * Delays each call of a port by the latency of a request.
 *
 * @param latency Returns the delay of a call, in ms.
 * @param onCall Called with the name of each call when it starts.
 */
export function slow<Port extends object>(
  port: Port,
  latency: () => number,
  onCall?: (name: string) => void,
): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        onCall?.(String(name));
        await delay(latency());
        return await call.apply(target, args);
      };
    },
  });
}
