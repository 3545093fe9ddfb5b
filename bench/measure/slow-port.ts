import { setTimeout as delay } from 'node:timers/promises';

/**
 * A port each of whose calls takes the latency of a request first.
 * @param latency In ms.
 * @param onCall Is told the name of each call as it begins.
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
