import { createHash } from 'node:crypto';
import { execute, type Reply } from './commands.ts';
import { LuaError, NotEvaluatedError, ReplyError } from './errors.ts';
import { Keyspace } from './keyspace.ts';
import { compile } from './lua.ts';
import { libraries, libraryOf } from './lua-library.ts';
import { isTrue, LuaTable, type LuaValue, typeOf, wholeText } from './lua-values.ts';

export interface ScriptInput {
  readonly keys: readonly string[];
  readonly arguments: readonly string[];
}

/** A server of Redis, in this process. */
export interface MemoryRedis {
  /**
   * What it answers to a command, or to a script; what that writes is written when this returns.
   * @throws ReplyError for errors of Redis' own; NotEvaluatedError for what is not known here.
   */
  execute(command: string, ...values: readonly string[]): Reply;
  eval(script: string, input: ScriptInput): Reply;
  evalSha(sha1: string, input: ScriptInput): Reply;
  /** As a restart does, or `SCRIPT FLUSH`. */
  forgetScripts(): void;
  readonly keys: readonly string[];
}

/** By text: scripts are the same for every server of this process. */
const compiled = new Map<string, ReturnType<typeof compile>>();
const globals = [...Object.keys(libraries), 'KEYS', 'ARGV', 'redis'] as const;

/**
 * Redis 7, as far as the record store uses it: its scripts run by their own text, in Lua 5.1, over hashes that expire.
 * What it does not know it refuses, loudly. What it answers is held to what a redis-server answers, by the contract
 * suite. It is never busy and loses nothing: faults are for who stands between it and its clients.
 *
 * @param now Milliseconds since the epoch. Default: the system's.
 */
export function memoryRedis(now: () => number = Date.now): MemoryRedis {
  const keyspace = new Keyspace(now);
  const known = new Map<string, string>();

  function call(...values: readonly LuaValue[]): readonly LuaValue[] {
    const [name, ...rest] = values.map(argumentOf);
    if (name === undefined)
      throw new LuaError('Please specify at least one argument for this redis.call() call');
    return [luaOf(execute(keyspace, name, rest))];
  }

  function run(script: string, { keys, arguments: argv }: ScriptInput): Reply {
    try {
      const values = [
        ...Object.values(libraries),
        tableOfTexts(keys),
        tableOfTexts(argv),
        libraryOf({ call }),
      ];
      return replyOf(compiledOf(script)(values)[0]);
    } catch (error) {
      if (error instanceof LuaError) throw new ReplyError(`ERR user_script: ${error.message}`);
      if (error instanceof SyntaxError) {
        throw new ReplyError(`ERR Error compiling script (new function): ${error.message}`);
      }
      throw error;
    }
  }

  return {
    execute: (command, ...values) => execute(keyspace, command, values),
    eval(script, input) {
      known.set(createHash('sha1').update(script).digest('hex'), script);
      return run(script, input);
    },
    evalSha(sha1, input) {
      const script = known.get(sha1);
      if (script === undefined) throw new ReplyError('NOSCRIPT No matching script. Please use EVAL.');
      return run(script, input);
    },
    forgetScripts: () => known.clear(),
    get keys() {
      return keyspace.keys;
    },
  };
}

function compiledOf(script: string): ReturnType<typeof compile> {
  const run = compiled.get(script) ?? compile(script, globals);
  compiled.set(script, run);
  return run;
}

/** Texts go over the wire as UTF-8, which has no lone surrogates. */
function tableOfTexts(texts: readonly string[]): LuaTable {
  return LuaTable.of(texts.map((text) => text.toWellFormed()));
}

/** What a script says to a command. */
function argumentOf(value: LuaValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return wholeText(value);
  throw new LuaError('Lua redis lib command arguments must be strings or integers');
}

/** What a command says to a script. */
function luaOf(reply: Reply): LuaValue {
  if (reply === null) return false;
  return typeof reply === 'object' ? LuaTable.of(reply.map(luaOf)) : reply;
}

/** What a script says to its caller: numbers lose their fractions, lists end before their first nil. */
function replyOf(value: LuaValue): Reply {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number(wholeText(Math.trunc(value)));
  if (typeof value === 'function') throw new NotEvaluatedError(`a reply that is a ${typeOf(value)}`);
  if (!(value instanceof LuaTable)) return isTrue(value) ? 1 : null;
  if (value.names.length > 0) throw new NotEvaluatedError('a reply with names');
  return value.list.map(replyOf);
}
