import { idempotencyKey } from '../../../contract/event/identity.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  attentionKey,
  attentionKeys,
  attentionStates,
  letterKey,
} from '../../../contract/record/attention.ts';
import { atLeastOnce, exactlyOnce, memoryStore, PermanentError } from '../../../runtime/index.ts';
import { longestHidingMs } from '../../../runtime/message/visibility.ts';
import { anOrder } from '../../support/orders.ts';
import { type Act, shop, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const applies: Act = () => {};
const fails: Act = () => {
  throw new TypeError('total is undefined');
};
const refuses: Act = () => {
  throw new PermanentError('no such account');
};

async function deliver(
  body: unknown,
  act: Act = applies,
  over: Partial<Parameters<typeof sqsRecord>[1]> = {},
  options: Parameters<typeof shop>[3] = {},
) {
  const record = sqsRecord(body, { messageId: 'm1', sentAt: wiring.clock.now(), ...over });
  return await shop(wiring, exactlyOnce(), act, options)(sqsEvent(record), remaining());
}
const order = anOrder({ subject: 'order-1' });
const key = shopKey('order-1');
const recordOf = () => wiring.memory.records.get(key);
const listed = () => [...wiring.memory.listed.values()];

describe('the list of what an operator may have to look at', () => {
  it('never holds an event that succeeds at its first delivery', async () => {
    await deliver(order);
    expect(recordOf()).toMatchObject({ status: 'COMPLETED' });
    expect(recordOf()?.attention).toBeUndefined();
    expect(listed()).toEqual([]);
    expect(wiring.store.calls).toEqual(['commit']);
  });

  it('holds a failed event until it succeeds, with the latest time of its next try', async () => {
    await deliver(order, fails);
    const { attention, nextTryAt = 0 } = recordOf() ?? {};
    expect(attentionKeys('shop', 'RETRYING')).toContain(attention);
    const [hidden] = wiring.hidden;
    const triedAt = wiring.clock.now() + (hidden?.seconds ?? Number.NaN) * 1000;
    expect(nextTryAt).toBeGreaterThanOrEqual(triedAt);
    expect(nextTryAt).toBeLessThanOrEqual(wiring.clock.now() + longestHidingMs);
    await deliver(order);
    expect(recordOf()?.attention).toBeUndefined();
  });

  it('holds an event that was given up, with the code of its reason', async () => {
    await deliver(order, refuses);
    expect(recordOf()).toMatchObject({
      attention: attentionKey('shop', 'QUARANTINED', key),
      attentionCode: 'PERMANENT',
    });
    expect(listed()).toEqual([]);
  });

  it('holds a body without an event by the id of its message, after the copy was sent', async () => {
    wiring.store.befall('list', () => expect(wiring.letters).toHaveLength(1));
    await deliver('{"broken');
    expect(listed()).toMatchObject([
      { state: 'DEAD_LETTER', messageId: 'm1', reason: { code: 'INVALID_JSON' } },
    ]);
    expect(listed()[0]?.expiration).toBeGreaterThan(wiring.clock.now() / 1000 + 14 * 86_400);
  });

  it('holds a conflict by the id of its message, and leaves the record of the applied event alone', async () => {
    await deliver(order);
    await deliver(anOrder({ subject: 'order-1', id: order.id, sequence: '99' }), applies, {
      messageId: 'm2',
    });
    expect(listed()).toMatchObject([
      {
        state: 'DEAD_LETTER',
        messageId: 'm2',
        eventId: order.id,
        subject: 'order-1',
        reason: { code: 'CONFLICT' },
      },
    ]);
    expect(recordOf()?.attention).toBeUndefined();
  });

  it('holds a conflict that blocks its group as BLOCKED until it is skipped', async () => {
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(order);
    const other = anOrder({ subject: 'order-1', id: order.id, sequence: '99' });
    await deliver(other, applies, { messageId: 'm2' });
    const [entry] = listed();
    expect(entry).toMatchObject({ state: 'BLOCKED', messageId: 'm2' });
    expect(entry?.nextTryAt).toBeGreaterThan(wiring.clock.now());
    await wiring.store.skip(key, 'm2');
    await deliver(other, applies, { messageId: 'm2' });
    expect(listed()).toMatchObject([{ state: 'DEAD_LETTER', messageId: 'm2' }]);
  });

  it('no longer holds a message that blocked its group, once a deployment reads it as the same content', async () => {
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(order);
    const other = anOrder({ subject: 'order-1', id: order.id, sequence: '99' });
    await deliver(other, applies, { messageId: 'm2' });
    expect(listed()).toMatchObject([{ state: 'BLOCKED', messageId: 'm2' }]);
    const parse = () => parseOrderEvent(JSON.stringify(order));
    await deliver(other, applies, { messageId: 'm2' }, { parse });
    expect(listed()).toEqual([]);
    // A duplicate that never blocked has no entry, and needs no request for one.
    await deliver(order, applies, { messageId: 'm3' });
    await deliver(order);
    expect(wiring.store.calls.filter((call) => call === 'unlist')).toHaveLength(1);
  });

  it('does not hold up a message if the store cannot remove its entry, and the log says so', async () => {
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(order);
    const other = anOrder({ subject: 'order-1', id: order.id, sequence: '99' });
    await deliver(other, applies, { messageId: 'm2' });
    wiring.store.befall('unlist', 'down');
    const parse = () => parseOrderEvent(JSON.stringify(order));
    await expect(deliver(other, applies, { messageId: 'm2' }, { parse })).resolves.toEqual({
      batchItemFailures: [],
    });
    expect(wiring.logged).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining('m2 blocks no more, and is still in the list'),
      }),
    );
  });

  it('holds a message out of the window', async () => {
    const sentAt = wiring.clock.now() - wiring.recordTtlSeconds * 1000;
    await deliver(order, applies, { sentAt });
    expect(listed()).toMatchObject([{ reason: { code: 'OUT_OF_WINDOW' } }]);
  });

  it('does not hold the body of a suspect that its parser has read', async () => {
    const seen: (string | undefined)[] = [];
    wiring.store.befall('commit', () =>
      seen.push(...[...wiring.memory.records].map(([, one]) => one.attention)),
    );
    await deliver(order, applies, { receiveCount: 3 });
    expect([...wiring.memory.records.keys()]).toEqual([expect.stringContaining('%body#'), key]);
    expect(seen).toEqual([undefined, attentionKey('shop', 'RETRYING', key)]);
    expect(recordOf()?.attention).toBeUndefined();
  });

  it('does not hold up a message if the store cannot write the entry', async () => {
    wiring.store.befall('list', 'down');
    await expect(deliver('{"broken')).resolves.toEqual({ batchItemFailures: [] });
    expect(wiring.letters).toHaveLength(1);
    expect(wiring.logged).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('m1 is not in the list') }),
    );
  });

  it('holds a message that blocked over the record of other content until its queue would have deleted it', async () => {
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(order);
    const other = anOrder({ subject: 'order-1', id: order.id, sequence: '99' });
    await deliver(other, applies, { messageId: 'm2' });
    wiring.clock.time += wiring.queueRetentionSeconds * 1000 - 60_000;
    const sentAt = wiring.clock.now() - wiring.queueRetentionSeconds * 1000 + 60_000;
    await deliver(other, applies, { messageId: 'm2', sentAt });
    expect(wiring.letters).toHaveLength(1);
    expect(listed()).toMatchObject([
      { state: 'DEAD_LETTER', messageId: 'm2', reason: { code: 'RETENTION' } },
    ]);
  });

  it('holds a dead letter whose record could not be written, because the store was away', async () => {
    wiring.store.befall('quarantine', 'down');
    const sentAt = wiring.clock.now() - wiring.queueRetentionSeconds * 1000 + 60_000;
    await deliver(order, fails, { sentAt });
    expect(wiring.letters).toHaveLength(1);
    expect(listed()).toMatchObject([
      { state: 'DEAD_LETTER', messageId: 'm1', reason: { code: 'RETENTION' } },
    ]);
  });

  it('holds a message that blocks no longer than its queue can hold the message', async () => {
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(order);
    const other = anOrder({ subject: 'order-1', id: order.id, sequence: '99' });
    const sentAt = wiring.clock.now() - 3_600_000;
    await deliver(other, applies, { messageId: 'm2', sentAt });
    expect(listed()[0]?.expiration).toBe(sentAt / 1000 + wiring.queueRetentionSeconds);
  });

  it('does not hold up a message if the store never answers', async () => {
    const startedAt = wiring.clock.now();
    wiring.store.befall('list', () => {
      wiring.clock.time += 1000;
      return new Promise(() => {});
    });
    await expect(deliver('{"broken')).resolves.toEqual({ batchItemFailures: [] });
    expect(wiring.clock.now()).toBe(startedAt + 1000);
    expect(wiring.clock.waiting).toBe(0);
    expect(wiring.logged).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('m1 is not in the list') }),
    );
  });

  it('is not written in the last moment of an invocation', async () => {
    const endsIn = remaining().getRemainingTimeInMillis();
    wiring = fakeWiring({
      deadLetters: {
        send: async () => {
          wiring.clock.time += endsIn - 450;
        },
      },
    });
    await expect(deliver('{"broken')).resolves.toEqual({ batchItemFailures: [] });
    expect(wiring.store.calls).toEqual([]);
    expect(wiring.logged).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('m1 is not in the list') }),
    );
  });

  it('neither waits nor warns for a store that lists nothing, not even in the last moment of an invocation', async () => {
    const { list: _, ...store } = memoryStore();
    const endsIn = remaining().getRemainingTimeInMillis();
    const send = async () => {
      wiring.clock.time += endsIn - 450;
    };
    wiring = fakeWiring({ deadLetters: { send } });
    const sleep = jest.spyOn(wiring.clock, 'sleep');
    const consumer = shop(
      wiring,
      atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY, store }),
      applies,
    );
    const record = sqsRecord('{"broken', { messageId: 'm1', sentAt: wiring.clock.now() });
    const slept = () => sleep.mock.calls.filter(([ms]) => ms <= 1000);
    await expect(consumer(sqsEvent(record), remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(slept()).toEqual([]);
    expect(wiring.logged.filter(({ level, message }) => level === 'WARN' && message !== 'delivery')).toEqual(
      [],
    );
  });

  it("is written into the store of the guarantee, not into the consumer's", async () => {
    const own = memoryStore();
    const consumer = shop(
      wiring,
      atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY, store: own } as never),
      applies,
    );
    await consumer(
      sqsEvent(sqsRecord('{"broken', { messageId: 'm1', sentAt: wiring.clock.now() })),
      remaining(),
    );
    expect([...own.listed.values()]).toHaveLength(1);
    expect(listed()).toEqual([]);
  });

  it('has sixteen partitions for each state, and each record is in one of them', () => {
    for (const state of attentionStates) {
      const keys = attentionKeys('shop', state);
      expect(new Set(keys).size).toBe(16);
      const used = Array.from({ length: 500 }, (_, n) => attentionKey('shop', state, `shop#urn:test#${n}`));
      expect(new Set(used)).toEqual(new Set(keys));
    }
  });

  it('names a message by a key that no event has', () => {
    const disguised = idempotencyKey('shop', { source: '%letter', id: 'm1' });
    expect(disguised).not.toBe(letterKey('shop', 'm1'));
  });
});

describe('the subject of an event', () => {
  const subjectOf = async (subject: unknown, options: Parameters<typeof deliver>[3] = {}) => {
    let seen: unknown;
    const { commit } = wiring.store;
    wiring.store.commit = async (commits, effects) => {
      seen = commits[0]?.delivery.subject;
      return await commit(commits, effects);
    };
    await deliver({ ...order, subject }, applies, {}, options);
    return seen;
  };

  it('is in the record of its event', async () => {
    await expect(subjectOf('order-7')).resolves.toBe('order-7');
  });

  it('is left out of the record if no index takes it, because DynamoDB would refuse the record', async () => {
    await expect(subjectOf('é'.repeat(1024))).resolves.toBe('é'.repeat(1024));
    wiring = fakeWiring();
    await expect(subjectOf('é'.repeat(1025))).resolves.toBeUndefined();
  });

  it('is left out of the record if it has half of a surrogate pair, which no store accepts', async () => {
    const parse = ({ body }: { readonly body: string }) => JSON.parse(body);
    await expect(subjectOf('order-\ud800', { parse })).resolves.toBeUndefined();
    expect(recordOf()).toMatchObject({ status: 'COMPLETED' });
  });
});
