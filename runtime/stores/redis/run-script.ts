import { createHash } from 'node:crypto';
import { type ScriptName, scripts } from './scripts.ts';

/**
 * The client methods that the store needs. `redis` and `@redis/client` (version 5 or later) have them, for one server
 * or a cluster.
 */
export interface RedisScripting {
  evalSha(sha1: string, options: ScriptOptions): Promise<unknown>;
  eval(script: string, options: ScriptOptions): Promise<unknown>;
}

interface ScriptOptions {
  keys: string[];
  arguments: string[];
}

export type ScriptArguments = Readonly<Record<string, string | number | boolean | undefined>>;

/** Redis identifies a script by the SHA-1 of its text. */
const digests = Object.fromEntries(
  Object.entries(scripts).map(([name, script]) => [name, createHash('sha1').update(script).digest('hex')]),
) as Record<ScriptName, string>;

/**
 * Runs a script by its digest. If the server does not know the script, sends its text.
 * @param values Values that are `undefined` or false are not sent, because Lua treats both as absent.
 */
export async function runScript(
  client: RedisScripting,
  name: ScriptName,
  key: string,
  values: ScriptArguments,
): Promise<readonly [answer: string, fields?: readonly string[], now?: string]> {
  const sent = Object.entries(values).filter(([, value]) => value !== undefined && value !== false);
  const options = { keys: [key], arguments: sent.flatMap(([argument, value]) => [argument, String(value)]) };
  const answer = await client.evalSha(digests[name], options).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) {
      return client.eval(scripts[name], options);
    }
    throw error;
  });
  return answer as [string, string[]?, string?];
}
