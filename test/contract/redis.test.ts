import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { exactlyOnce } from '../../runtime/guarantees/exactly-once.ts';
import { redisRecordStore } from '../../runtime/stores/redis/record-store.ts';
import type { RedisScripting } from '../../runtime/stores/redis/run-script.ts';
import { plantedAttributes } from './planted.ts';
import { firstFailure, testRecordStore } from './record-store-suite.ts';
import { isInstalled, type Server, startServer } from './servers/server.ts';
import type { StoreUnderTest } from './subject.ts';

const connect = (port: number) =>
  createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } })
    .on('error', () => {})
    .connect();

type Client = Awaited<ReturnType<typeof connect>>;

function redisSubject(client: Client): StoreUnderTest {
  return {
    store: redisRecordStore(client),
    serverTime: true,
    keepsExpired: false,
    now: () => Date.now(),
    async pass(ms) {
      await delay(ms);
    },
    async plant(id, record) {
      for (const [name, value] of Object.entries(plantedAttributes(record))) {
        if (value !== undefined) await client.hSet(`order-once:${id}`, name, value);
      }
      if (record.expiration !== undefined) await client.expireAt(`order-once:${id}`, record.expiration);
    },
  };
}

/** Clauses of the scripts, and what they become when they are taken out. */
const clauses: readonly (readonly [string, string])[] = [
  ['mine.insideWindow and not mine.over', 'not mine.over'],
  ['mine.insideWindow and not mine.over', 'mine.insideWindow'],
  ["isSameEvent and record['attempt'] == mine.carriedAttempt", 'isSameEvent'],
  ["isSameEvent and record['attempt'] == mine.carriedAttempt", "record['attempt'] == mine.carriedAttempt"],
  ["status == 'OUTCOME_UNKNOWN'\nlocal accepted", 'true\nlocal accepted'],
  ["local isStartable = status == 'RETRYING'", 'local isStartable = true'],
  ["and record['message_id'] ~= mine.messageId", ''],
  ['mine.takeOver and', ''],
  ["mine.takeOver and status == 'INPROGRESS'", 'mine.takeOver'],
  ['and leaseUntil and leaseUntil <= now', ''],
  ['isStartable and isRemembered', 'isStartable'],
  ['isRemembered and isSameEvent', 'isRemembered'],
  ["and record['guarantee'] == mine.guarantee", ''],
  ['isSeen and isStartable', 'isStartable'],
  ["if isAgain then remove('first_attempt_at', 'body') end", ''],
  ["redis.call('HSETNX', KEYS[1], 'first_attempt_at'", "redis.call('HSET', KEYS[1], 'first_attempt_at'"],
  ['isMine and isSameEvent and isUnfinished', 'isSameEvent and isUnfinished'],
  ['isMine and isSameEvent and isUnfinished', 'isMine and isUnfinished'],
  ['isMine and isSameEvent and isUnfinished', 'isMine and isSameEvent'],
  ["isMine and isSameEvent and status == 'INPROGRESS'", "isSameEvent and status == 'INPROGRESS'"],
  ["isMine and isSameEvent and status == 'INPROGRESS'", "isMine and status == 'INPROGRESS'"],
  ["isMine and isSameEvent and status == 'INPROGRESS'", 'isMine and isSameEvent'],
  ["if not status then return {'written'} end", ''],
  ['isUnfinished and isAsSeen', 'isAsSeen'],
  ['status == mine.seenStatus and', ''],
  ["and record['attempt'] == mine.seenAttempt", ''],
  ['isAsSeen and isSameEvent', 'isAsSeen'],
  ['(isMine or not isUnderLease)', 'true'],
  ['(isMine or not isUnderLease)', 'not isUnderLease'],
  ["redis.call('HSETNX', KEYS[1], 'attempt', mine.attempt)", "set('attempt', mine.attempt)"],
  ["redis.call('PERSIST', KEYS[1])", ''],
  ["isMine and status == 'OUTCOME_UNKNOWN'", "status == 'OUTCOME_UNKNOWN'"],
  ["isMine and status == 'OUTCOME_UNKNOWN'", 'isMine'],
  ['now + ms - mine.now', '0 + ms'],
  ["redis.call('PEXPIREAT', KEYS[1], text(at * 1000))", ''],
];

/** A client whose server runs each script with a clause taken out. */
function without(client: Client, clause: string, instead: string): RedisScripting & { times: number } {
  return {
    times: 0,
    evalSha: () => Promise.reject(new Error('NOSCRIPT')),
    eval(script, options) {
      const broken = script.replace(clause, () => instead);
      if (broken !== script) this.times += 1;
      return client.eval(broken, options);
    },
  };
}

if (!isInstalled('redis-server', '--version')) {
  test.skip('the Redis store (there is no redis-server on this machine)', () => {});
} else {
  describe('the Redis store', () => {
    let server: Server;
    let client: Client;
    beforeAll(async () => {
      server = await startServer(
        (port) => [
          'redis-server',
          '--port',
          String(port),
          '--bind',
          '127.0.0.1',
          '--save',
          '',
          '--appendonly',
          'no',
        ],
        async (port) => {
          const probe = await connect(port);
          await probe.close();
          return true;
        },
      );
      client = await connect(server.port);
    }, 60_000);
    afterAll(async () => {
      client?.destroy();
      await server?.stop();
    });

    testRecordStore({ serverTime: true, keepsExpired: false, effects: false }, () => redisSubject(client));

    it('passes the suite when its cases run all at once', async () => {
      await expect(firstFailure(redisSubject(client))).resolves.toBeUndefined();
    }, 60_000);

    it.each(clauses)(
      'fails the suite with %j become %j',
      async (clause, instead) => {
        const broken = without(client, clause, instead);
        const failure = await firstFailure({ ...redisSubject(client), store: redisRecordStore(broken) });
        expect(broken.times).toBeGreaterThan(0);
        expect(failure).toBeDefined();
      },
      60_000,
    );

    it('works on when the server has forgotten its scripts', async () => {
      const store = redisRecordStore(client);
      await client.scriptFlush();
      await expect(store.find('nobody')).resolves.toBeUndefined();
    });

    it('lets Redis delete what expires, and only that', async () => {
      const { store, plant, now } = redisSubject(client);
      const mine = { id: 'ttl', fingerprint: 'f', attempt: 'a', consumer: 'c', source: 's', eventId: 'e' };
      const delivery = {
        ...mine,
        messageGroup: 'g',
        messageId: 'm',
        guarantee: 'at-most-once' as const,
        now: now(),
        expiration: Math.floor(now() / 1000) + 3600,
        insideWindow: true,
      };
      await plant('other', { status: 'RETRYING', fingerprint: 'f' });
      await store.claim(delivery, { leaseUntil: now() + 1000, takeOver: false });
      expect(await client.pTTL('order-once:ttl')).toBeGreaterThan(3_000_000);
      await store.holdUnknown(delivery, { ...delivery, status: 'INPROGRESS' }, '{}', 'lost');
      expect(await client.pTTL('order-once:ttl')).toBe(-1);
    });
  });
}

it('is no store for exactly-once: it commits no effects', () => {
  // @ts-expect-error a RecordStore has no `commit`
  void (() => exactlyOnce({ store: redisRecordStore({} as Client) }));
});
