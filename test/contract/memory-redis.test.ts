import { redisRecordStore } from '../../runtime/stores/redis/record-store.ts';
import { connect } from '../support/redis/connect.ts';
import { memoryRedis } from '../support/redis/memory-redis.ts';
import { failingCases, testRecordStore } from './record-store-suite.ts';
import { clauses, without } from './redis-clauses.ts';
import { type Redis, redisSubject } from './redis-subject.ts';

/** A server with a clock of its own, which goes on when somebody lets time pass. */
function aServer(): Redis & { readonly redis: ReturnType<typeof memoryRedis> } {
  let time = 1_800_000_000_000;
  const redis = memoryRedis(() => time);
  return {
    redis,
    client: connect(redis),
    command: async (name, ...values) => redis.execute(name, ...values),
    now: () => time,
    async pass(ms) {
      time += ms;
    },
  };
}

describe('the Redis store on Redis in memory', () => {
  const server = aServer();

  testRecordStore({ serverTime: true, keepsExpired: false, effects: false }, () => redisSubject(server));

  it.each(clauses)('fails the suite if %j is replaced by %j', async (clause, instead) => {
    // GIVEN the same store, with one clause of its scripts replaced
    const broken = without(server.client, clause, instead);
    // WHEN the suite runs over it
    const failures = await failingCases(redisSubject(server, redisRecordStore(broken)));
    // THEN a case sees it
    expect(broken.times).toBeGreaterThan(0);
    expect(failures).not.toEqual([]);
  });
});

describe('Redis in memory', () => {
  const input = { keys: ['key'], arguments: ['argument'] };

  it('runs a script by its digest after it got its text, until the scripts are forgotten', () => {
    const { redis } = aServer();
    const sha1 = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db';
    expect(() => redis.evalSha(sha1, input)).toThrow('NOSCRIPT No matching script. Please use EVAL.');
    expect(redis.eval('return 1', input)).toBe(1);
    expect(redis.evalSha(sha1, input)).toBe(1);
    redis.forgetScripts();
    expect(() => redis.evalSha(sha1, input)).toThrow('NOSCRIPT');
  });

  it('keeps a key to the end of the millisecond in which it expires', async () => {
    const { redis, now, pass } = aServer();
    redis.execute('HSET', 'key', 'field', 'value');
    redis.execute('PEXPIREAT', 'key', String(now() + 1000));
    await pass(1000);
    expect(redis.keys).toEqual(['key']);
    await pass(1);
    expect(redis.keys).toEqual([]);
    expect(redis.execute('HGETALL', 'key')).toEqual([]);
  });

  it('deletes a key that expires now', () => {
    const { redis, now } = aServer();
    redis.execute('HSET', 'key', 'field', 'value');
    redis.execute('PEXPIREAT', 'key', String(now()));
    expect(redis.keys).toEqual([]);
  });

  it.each([
    ['a command', "return redis.call('INCR', KEYS[1])"],
    ['an option of a command', "return redis.call('PEXPIREAT', KEYS[1], '1', 'NX')"],
    ['a function of a library', 'return string.len(ARGV[1])'],
    ['a global variable', 'return cjson.encode(ARGV)'],
    ['an assignment to one', 'KEYS = 1'],
    ['a format', "return string.format('%d', 1)"],
    ['a number that is too large to be exact', "return string.format('%.0f', 1e300)"],
    ['a fraction as text', "return redis.call('HSET', KEYS[1], 'a', 0.5)"],
    ['a statement', 'while true do end'],
    ['an expression', 'return function() end'],
    ['an operator', "return 'a' .. 'b'"],
    ['the order of texts', "return 'a' < 'b'"],
    ['the length of a list with gaps', 'return #{1, nil, 3}'],
    ['a reply with names', 'return redis'],
    ['a hexadecimal number', "return tonumber('0x10')"],
    ['a function in a loop', 'for i = 1, 2 do local function f() return i end end'],
  ])('refuses %s that it does not support', (_, script) => {
    const { redis } = aServer();
    expect(() => redis.eval(script, input)).toThrow('The Redis in memory does not know');
  });
});
