import { createHash } from 'node:crypto';
import { type ScriptName, scripts } from './scripts.ts';

/** What the store needs of a client: `redis` and `@redis/client` (from 5 on) have it, for one server or a cluster. */
export interface RedisScripting {
  evalSha(sha1: string, options: ScriptOptions): Promise<unknown>;
  eval(script: string, options: ScriptOptions): Promise<unknown>;
}

interface ScriptOptions {
  keys: string[];
  arguments: string[];
}

export type ScriptArguments = Readonly<Record<string, string | number | boolean | undefined>>;

/** Redis names a script by the SHA-1 of its text. */
const digests = Object.fromEntries(
  Object.entries(scripts).map(([name, script]) => [name, createHash('sha1').update(script).digest('hex')]),
) as Record<ScriptName, string>;

/**
 * Runs a step by its digest; a server that does not know it yet, or no more, is sent its text.
 * @param values What is `undefined` or false is not sent: in Lua both are nothing.
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
