import type { RedisScripting } from '../../../runtime/stores/redis/run-script.ts';
import type { Reply } from './commands.ts';
import type { MemoryRedis } from './memory-redis.ts';

/** A command as it is on its way. */
export interface Sending {
  readonly command: 'EVALSHA' | 'EVAL';
  /** Has the command's effect. */
  arrive(): Reply;
}

/**
 * A client whose commands stay in this process.
 * @param pass Stands between the client and Redis; what it throws is what the client says. Default: nothing befalls a
 *   command.
 */
export function connect(
  redis: MemoryRedis,
  pass: (sending: Sending) => Promise<Reply> = async (sending) => sending.arrive(),
): RedisScripting {
  return {
    evalSha: (sha1, input) => pass({ command: 'EVALSHA', arrive: () => redis.evalSha(sha1, input) }),
    eval: (script, input) => pass({ command: 'EVAL', arrive: () => redis.eval(script, input) }),
  };
}
