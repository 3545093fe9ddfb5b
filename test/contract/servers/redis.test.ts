import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { type Clock, systemClock } from '../../../contract/clock.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { systemRandom } from '../../../contract/random.ts';
import { createConsumer } from '../../../runtime/consumer/create-consumer.ts';
import { exactlyOnce } from '../../../runtime/guarantees/exactly-once/exactly-once.ts';
import { atLeastOnce } from '../../../runtime/guarantees/external/at-least-once.ts';
import { redisRecordStore } from '../../../runtime/stores/redis/record-store.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { gate } from '../../support/timeline.ts';
import { fakeWiring } from '../../support/wiring.ts';
import { firstFailure, testRecordStore } from '../record-store-suite.ts';
import { clauses, without } from '../redis-clauses.ts';
import { type Redis, redisSubject } from '../redis-subject.ts';
import { canRunRedis, startRedis } from './redis.ts';
import type { Server } from './server.ts';

const base = { name: 'billing', parse: parseOrderEvent };

const connect = (port: number) =>
  createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } })
    .on('error', () => {})
    .connect();

type Client = Awaited<ReturnType<typeof connect>>;

function serverOf(client: Client): Redis {
  return {
    client,
    command: (...words) => client.sendCommand(words),
    now: () => Date.now(),
    async pass(ms) {
      await delay(ms);
    },
  };
}

if (!canRunRedis) {
  test.skip('the Redis store (there is no redis-server on this machine)', () => {});
} else {
  describe('the Redis store', () => {
    let server: Server;
    let client: Client;
    beforeAll(async () => {
      server = await startRedis(async (port) => {
        const probe = await connect(port);
        await probe.close();
        return true;
      });
      client = await connect(server.port);
    });
    afterAll(async () => {
      client?.destroy();
      await server?.stop();
    });

    testRecordStore({ serverTime: true, keepsExpired: false, effects: false }, () =>
      redisSubject(serverOf(client)),
    );

    it('passes the suite when its cases run all at once', async () => {
      await expect(firstFailure(redisSubject(serverOf(client)))).resolves.toBeUndefined();
    });

    it.each(clauses)('fails the suite if %j is replaced by %j', async (clause, instead) => {
      const broken = without(client, clause, instead);
      const failure = await firstFailure(redisSubject(serverOf(client), redisRecordStore(broken)));
      expect(broken.times).toBeGreaterThan(0);
      expect(failure).toBeDefined();
    });

    it.each([
      -3_600_000, 3_600_000,
    ])('makes a delivery whose clock is off by %d ms wait until a live lease ends', async (skew) => {
      // GIVEN a function at work on an event, with 30 s left and 5 s of skew allowed
      const redis = redisRecordStore(client);
      const guarantee = atLeastOnce({ providerKeyRetention: 86_400_000, store: redis });
      const event = anOrder({ id: `skewed-${skew}` });
      const slow = gate();
      const working = gate();
      const consumer = (clock: Clock, handle: () => Promise<void>) => {
        const wiring = fakeWiring({ clock, random: systemRandom });
        return { wiring, run: createConsumer({ ...base, guarantee, handle }, wiring) };
      };
      const message = sqsEvent(sqsRecord(event, { sentAt: Date.now() }));
      const first = consumer(systemClock, async () => {
        working.open();
        await slow.opened;
      }).run(message, remaining(30_000));
      await working.opened;
      // WHEN another function with such a clock gets its message
      const skewed = { ...systemClock, now: () => Date.now() + skew };
      const second = consumer(skewed, () => Promise.reject(new Error('it acted')));
      await second.run(message, remaining(5000));
      slow.open();
      await first;
      // THEN it waits for those 35 s, by its own clock
      expect(second.wiring.logged[0]).toMatchObject({ outcome: 'leased' });
      const [hidden] = second.wiring.hidden;
      expect(hidden?.seconds).toBeGreaterThan(15);
      expect(hidden?.seconds).toBeLessThanOrEqual(36);
    });

    it('continues after the server has forgotten its scripts', async () => {
      const store = redisRecordStore(client);
      await client.scriptFlush();
      await expect(store.find('nobody')).resolves.toBeUndefined();
    });

    it('lets Redis delete expired records, and only those', async () => {
      const { store, plant, now } = redisSubject(serverOf(client));
      const mine = { id: 'ttl', fingerprint: 'f', ownerToken: 'a', consumer: 'c', source: 's', eventId: 'e' };
      const delivery = {
        ...mine,
        messageGroup: 'g',
        messageId: 'm',
        guarantee: 'at-most-once' as const,
        now: now(),
        expiration: Math.floor(now() / 1000) + 3600,
        insideWindow: true,
        nextTryAt: now() + 1000,
      };
      await plant('other', { status: 'RETRYING', fingerprint: 'f' });
      await store.claim(delivery, { leaseUntil: now() + 1000, takeOver: false });
      expect(await client.pTTL('order-once:ttl')).toBeGreaterThan(3_000_000);
      await store.holdUnknown(delivery, { ...delivery, status: 'INPROGRESS' }, { body: '{}' }, 'lost');
      expect(await client.pTTL('order-once:ttl')).toBe(-1);
    });
  });
}

it('the Redis store cannot be used for exactly-once, because it commits no effects', () => {
  // @ts-expect-error a RecordStore has no `commit`
  void (() => exactlyOnce({ store: redisRecordStore({} as Client) }));
});
