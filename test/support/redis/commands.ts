import { NotEvaluatedError, ReplyError } from './errors.ts';
import type { Keyspace } from './keyspace.ts';

export type Reply = string | number | null | readonly Reply[];

interface Command {
  /** How many arguments it takes. */
  readonly takes: (count: number) => boolean;
  readonly run: (keyspace: Keyspace, key: string, ...values: string[]) => Reply;
}

const exactly = (count: number) => (given: number) => given === count;

/** As Redis 7.0 has them, over hashes. */
const commands: Readonly<Record<string, Command>> = {
  TIME: {
    takes: exactly(0),
    run: ({ now }) => [String(Math.floor(now / 1000)), String((now % 1000) * 1000)],
  },
  HGETALL: {
    takes: exactly(1),
    run: (keyspace, key) => [...(keyspace.find(key)?.fields ?? [])].flat(),
  },
  HSET: {
    takes: (count) => count >= 3 && count % 2 === 1,
    run(keyspace, key, ...values) {
      const { fields } = keyspace.hash(key);
      const before = fields.size;
      for (let i = 0; i < values.length; i += 2) fields.set(values[i] as string, values[i + 1] as string);
      return fields.size - before;
    },
  },
  HSETNX: {
    takes: exactly(3),
    run(keyspace, key, field = '', value = '') {
      const { fields } = keyspace.hash(key);
      if (fields.has(field)) return 0;
      fields.set(field, value);
      return 1;
    },
  },
  HDEL: {
    takes: (count) => count >= 2,
    run(keyspace, key, ...names) {
      const fields = keyspace.find(key)?.fields;
      const deleted = names.filter((name) => fields?.delete(name)).length;
      if (fields?.size === 0) keyspace.delete(key);
      return deleted;
    },
  },
  HINCRBY: {
    takes: exactly(3),
    run(keyspace, key, field = '', by = '') {
      const change = integer(by, 'ERR value is not an integer or out of range');
      const before = keyspace.find(key)?.fields.get(field) ?? '0';
      const sum = integer(before, 'ERR hash value is not an integer') + change;
      if (BigInt.asIntN(64, sum) !== sum) throw new ReplyError('ERR increment or decrement would overflow');
      keyspace.hash(key).fields.set(field, String(sum));
      return Number(sum);
    },
  },
  PEXPIREAT: {
    takes: (count) => count >= 2,
    run(keyspace, key, at = '', ...options) {
      if (options.length > 0) throw new NotEvaluatedError(`PEXPIREAT with ${options.join(' ')}`);
      const expiresAt = Number(integer(at, 'ERR value is not an integer or out of range'));
      const entry = keyspace.find(key);
      if (entry === undefined) return 0;
      entry.expiresAt = expiresAt;
      if (expiresAt <= keyspace.now) keyspace.delete(key);
      return 1;
    },
  },
  PEXPIRETIME: {
    takes: exactly(1),
    run(keyspace, key) {
      const entry = keyspace.find(key);
      return entry === undefined ? -2 : (entry.expiresAt ?? -1);
    },
  },
  PERSIST: {
    takes: exactly(1),
    run(keyspace, key) {
      const entry = keyspace.find(key);
      if (entry?.expiresAt === undefined) return 0;
      entry.expiresAt = undefined;
      return 1;
    },
  },
};

/**
 * What Redis answers to a command; what it writes is written when this returns.
 * @throws ReplyError for errors of Redis' own; NotEvaluatedError for a command that is not known here.
 */
export function execute(keyspace: Keyspace, name: string, values: readonly string[]): Reply {
  const command = commands[name.toUpperCase()];
  if (command === undefined) throw new NotEvaluatedError(`the command ${name}`);
  if (!command.takes(values.length)) {
    throw new ReplyError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  }
  const [key = '', ...more] = values;
  return command.run(keyspace, key, ...more);
}

/** A number of 64 bits, as Redis writes one and reads no other. */
function integer(text: string, otherwise: string): bigint {
  const number = /^(0|-?[1-9]\d{0,18})$/.test(text) ? BigInt(text) : undefined;
  if (number === undefined || BigInt.asIntN(64, number) !== number) throw new ReplyError(otherwise);
  return number;
}
