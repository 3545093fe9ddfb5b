import { createClient } from '@redis/client';
import * as fc from 'fast-check';
import { type ScriptName, scripts } from '../../../runtime/stores/redis/scripts.ts';
import { memoryRedis } from '../../support/redis/memory-redis.ts';
import { canRunRedis, startRedis } from './redis.ts';
import { type Exchange, exchanges } from './redis-exchanges.ts';

/** What a client can tell servers apart by; the wording of errors is each one's own. */
interface Outcome {
  readonly reply?: unknown;
  readonly error?: string | undefined;
  /** The fields that are there then, by their names, and when they expire. */
  readonly fields: unknown;
  readonly expires: unknown;
}

/** Sends a command. */
type Server = (...words: string[]) => Promise<unknown>;

const key = 'one';

async function outcomeOf(server: Server, script: string, values: readonly string[]): Promise<Outcome> {
  const answer = await server('EVAL', script, '1', key, ...values).then(
    (reply) => ({ reply: sorted(reply) }),
    (error: Error) => ({ error: error.message.split(' ')[0] }),
  );
  return {
    ...answer,
    fields: sorted(await server('HGETALL', key)),
    expires: await server('PEXPIRETIME', key),
  };
}

/** Fields of a hash come in no order; in a refusal they stand in the middle. */
function sorted(reply: unknown): unknown {
  if (!Array.isArray(reply)) return reply;
  const isOfFields = reply.length % 2 === 0 && reply.every((part) => typeof part === 'string');
  if (!isOfFields) return reply.map(sorted);
  const names = reply.filter((_, index) => index % 2 === 0);
  return names.map((name, index) => `${name}=${reply[index * 2 + 1]}`).sort();
}

describe('Redis in memory and a redis-server', () => {
  if (!canRunRedis) {
    test.skip('answer alike (there is no redis-server on this machine)', () => {});
    return;
  }
  let stop: () => Promise<void>;
  let real: Server;
  beforeAll(async () => {
    const connect = (port: number) =>
      createClient({ RESP: 2, socket: { host: '127.0.0.1', port, reconnectStrategy: false } })
        .on('error', () => {})
        .connect();
    const server = await startRedis(async (port) => {
      await (await connect(port)).close();
      return true;
    });
    const client = await connect(server.port);
    real = (...words) => client.sendCommand(words);
    stop = async () => {
      client.destroy();
      await server.stop();
    };
  });
  afterAll(() => stop?.());

  /** Both servers, with nothing in them. */
  async function both(): Promise<readonly Server[]> {
    await real('DEL', key);
    const redis = memoryRedis();
    const memory: Server = async (name, ...words) => {
      if (name !== 'EVAL') return redis.execute(name as string, ...words);
      const [script = '', , key = '', ...values] = words;
      return redis.eval(script, { keys: [key], arguments: values });
    };
    return [memory, real];
  }

  it.each(exchanges)('answer alike to $name', async ({ given = {}, script, values = [] }: Exchange) => {
    const outcomes = [];
    for (const server of await both()) {
      for (const [name, value] of Object.entries(given)) await server('HSET', key, name, value);
      outcomes.push(await outcomeOf(server, script, values));
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  it('agree on any sequence of steps', async () => {
    // One clock for both, which the scripts are told in the place of the servers' own.
    const start = Date.now();
    const at = (time: number) =>
      `{'${Math.floor(time / 1000)}', '${String((time % 1000) * 1000).padStart(6, '0')}'}`;
    let taken = 0;
    const run = fc.asyncProperty(fc.array(step(start), { minLength: 1, maxLength: 8 }), async (steps) => {
      const outcomes: Outcome[][] = [];
      for (const server of await both()) {
        const own: Outcome[] = [];
        for (const { name, time, values } of steps) {
          const script = scripts[name].replace("redis.call('TIME')", at(start + time));
          own.push(await outcomeOf(server, script, values));
        }
        outcomes.push(own);
      }
      expect(outcomes[0]).toEqual(outcomes[1]);
      taken += outcomes.flat().filter(({ reply }) => isTaken(reply)).length;
    });
    await fc.assert(run, { numRuns: 600, seed: 1 });
    // Refusals alone would be no comparison.
    expect(taken).toBeGreaterThan(500);
  });
});

function isTaken(reply: unknown): boolean {
  return (
    Array.isArray(reply) &&
    ['claimed', 'written', 'quarantined'].some((answer) => reply.flat().includes(answer))
  );
}

interface Step {
  readonly name: ScriptName;
  /** In ms after the start, by the server. */
  readonly time: number;
  readonly values: readonly string[];
}

/** A step of the store with arguments that often meet, of a few clocks. */
function step(start: number): fc.Arbitrary<Step> {
  const times = [-3_600_000, -1, 0, 1, 60_000].map((ms) => String(start + ms));
  const later = [3_600_000, 7_200_500].map((ms) => String(start + ms));
  const statuses = ['INPROGRESS', 'RETRYING', 'QUARANTINED', 'OUTCOME_UNKNOWN', 'COMPLETED'];
  const always = {
    now: fc.constantFrom(...times),
    expiration: fc.constantFrom(...later, '1000'),
    fingerprint: fc.constantFrom('print', 'print', 'print', 'other'),
    ownerToken: fc.constantFrom('a', 'a', 'b'),
    messageId: fc.constantFrom('m', 'n'),
    leaseUntil: fc.constantFrom(...times, ...later),
    change: fc.constantFrom('-1', '0', '1'),
    lastError: fc.constant('why'),
    seenAttempt: fc.constantFrom('a', 'b'),
    seenStatus: fc.constantFrom(...statuses),
  };
  const sometimes = {
    guarantee: fc.constantFrom('at-least-once', 'at-most-once'),
    insideWindow: fc.constant('true'),
    takeOver: fc.constant('true'),
    sequence: fc.constant('7'),
    result: fc.constant('{"a":1}'),
    body: fc.constant('x'.repeat(100)),
    countsAttempt: fc.constant('true'),
    wasCounted: fc.constant('true'),
    state: fc.constantFrom('STARTED', 'FAILED'),
    keepsLease: fc.constant('true'),
    resendToken: fc.constantFrom('a', 'b'),
    firstAttemptAfter: fc.constantFrom(...times),
    expectedExpiration: fc.constant('1000'),
  };
  const requiredKeys = Object.keys(always) as (keyof typeof always)[];
  return fc.record({ ...always, ...sometimes }, { requiredKeys }).chain((values) =>
    fc.record({
      name: fc.constantFrom(...(Object.keys(scripts) as ScriptName[])),
      time: fc.constantFrom(0, 1, 60_000),
      values: fc.constant(Object.entries(values).flat()),
    }),
  );
}
