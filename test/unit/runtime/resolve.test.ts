import {
  atLeastOnce,
  atMostOnce,
  exactlyOnce,
  NotExecutedError,
  type ResendMessage,
  resolve,
} from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { gate, settled, Timeline } from '../../support/timeline.ts';

const guarantee = atMostOnce();
const recordTtl = 45 * 86_400;
const atLeast = atLeastOnce({ providerKeyRetention: 86_400_000 });

/** Of the outcome that somebody looks at now. */
const attemptOf = ({ record }: Timeline) => record?.ownerToken ?? 'attempt-1';

describe('resolve', () => {
  let t: Timeline;
  let sent: ResendMessage[];
  beforeEach(async () => {
    t = new Timeline();
    sent = [];
    // GIVEN a mail of which nobody knows
    await t.external(guarantee, t.provider.losesAnswer);
  });

  async function retry(attempt = attemptOf(t)): Promise<ResendMessage> {
    const send = async (message: ResendMessage) => void sent.push(message);
    await resolve({ store: t.store, id: t.key, attempt, as: 'retry', send, random: t.wiring.random });
    return sent.at(-1) as ResendMessage;
  }
  function done(attempt = attemptOf(t), recordTtlSeconds = recordTtl) {
    return resolve({
      store: t.store,
      id: t.key,
      attempt,
      as: 'done',
      clock: t.clock,
      recordTtlSeconds,
    });
  }
  /** The message that was sent arrives. */
  function arrives({ attributes, deduplicationId }: ResendMessage, handle = t.provider.charge) {
    return t.external(guarantee, handle, { attributes, messageId: `of ${deduplicationId}` });
  }

  it('as done completes the record, so that the next delivery is a duplicate', async () => {
    await done();
    expect(t.record).toMatchObject({ status: 'COMPLETED', expiration: t.clock.now() / 1000 + recordTtl });
    await expect(t.external(guarantee)).resolves.toMatchObject({ outcome: 'duplicate' });
    expect(t.provider.charges).toHaveLength(1);
  });

  it('as done succeeds when it is called again after its answer was lost', async () => {
    t.store.befall('resolveDone', () => t.store.resolveDone(t.key, 'attempt-1', { now: 0, expiration: 9e9 }));
    await done();
    expect(t.record).toMatchObject({ status: 'COMPLETED' });
  });

  it.each([
    45,
    0,
    -1,
    3600,
    86_400,
    23 * 86_400 + 3719,
    recordTtl * 1000,
    recordTtl + 0.5,
    1e20,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '3888000',
    undefined,
    null,
  ])('as done refuses a time to live of %p, with which a record would not outlive its messages', async (ttl) => {
    // A default would stand in for undefined.
    const options = { store: t.store, id: t.key, attempt: attemptOf(t), as: 'done', clock: t.clock } as const;
    await expect(resolve({ ...options, recordTtlSeconds: ttl as number })).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(
        /^recordTtlSeconds is .*; it must be a whole number of seconds from 1990920 .* to 315360000: the "ttl"/,
      ),
    });
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
  });

  it.each([
    23 * 86_400 + 3720,
    recordTtl,
    3650 * 86_400,
  ])('as done accepts a time to live of %d s', async (ttl) => {
    await done(attemptOf(t), ttl);
    expect(t.record).toMatchObject({ status: 'COMPLETED' });
  });

  it.each([
    [{ as: 'Done' }, 'as is "Done"; it must be "done" or "retry"'],
    [{ as: undefined }, 'as is undefined'],
    [{ id: '' }, 'id is ""; it must be a text'],
    [{ attempt: undefined }, 'attempt is undefined; it must be a text'],
    [{ attempt: ' ' }, 'attempt is " "'],
    [{ send: undefined }, 'send is undefined; it must be a function'],
  ])('is refused with %p, before it sends or writes anything', async (slip, message) => {
    const send = async (letter: ResendMessage) => void sent.push(letter);
    const options = { store: t.store, id: t.key, attempt: attemptOf(t), as: 'retry', send, ...slip };
    await expect(resolve(options as Parameters<typeof resolve>[0])).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining(message),
    });
    expect(sent).toEqual([]);
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN' });
  });

  it('as retry sends the event again and writes nothing', async () => {
    const message = await retry();
    expect(message).toEqual({
      body: JSON.stringify(anOrder()),
      messageGroup: 'customer-17850',
      deduplicationId: expect.any(String),
      attributes: {
        'first-published': { DataType: 'Number', StringValue: '1700000000000' },
        'resolved-attempt': { DataType: 'String', StringValue: 'attempt-1' },
      },
    });
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN', ownerToken: 'attempt-1' });
    await expect(arrives(message)).resolves.toMatchObject({ outcome: 'applied' });
    expect(t.provider.charges).toHaveLength(2);
    expect(t.record).toMatchObject({ status: 'COMPLETED', body: undefined });
  });

  it('as retry sends the event to its original message group, whatever its body says', async () => {
    const other = new Timeline();
    const event = anOrder({ partitionkey: 'a key of 130 characters or with blanks' });
    await other.external(guarantee, other.provider.losesAnswer, { event, group: 'its-hash' });
    t = other;
    await expect(retry()).resolves.toMatchObject({ messageGroup: 'its-hash', body: JSON.stringify(event) });
  });

  it('as retry fails if the record has no group, and the error says what to do', async () => {
    t.wiring.memory.records.set(t.key, { ...t.record, messageGroup: undefined } as never);
    await expect(retry()).rejects.toMatchObject({
      code: 'NOT_RESOLVABLE',
      message: expect.stringMatching(/names no message group: send .*resolved-attempt = attempt-1$/),
    });
    expect(sent).toEqual([]);
    await done();
    expect(t.record).toMatchObject({ status: 'COMPLETED' });
  });

  it('as retry fails if the record has no body', async () => {
    t.wiring.memory.records.set(t.key, { ...t.record, body: undefined } as never);
    await expect(retry()).rejects.toThrow('has no event to send again');
  });

  it('gives each message its own deduplication id, and one decision runs at most once', async () => {
    const messages = [await retry(), await retry()] as const;
    expect(messages[0].deduplicationId).not.toBe(messages[1].deduplicationId);
    await arrives(messages[0]);
    await expect(arrives(messages[1])).resolves.toMatchObject({ outcome: 'duplicate' });
    expect(t.provider.charges).toHaveLength(2);
  });

  it('leaves an unknown outcome again if the outcome of the retry is unclear', async () => {
    const messages = [await retry(), await retry()] as const;
    await expect(arrives(messages[0], t.provider.losesAnswer)).resolves.toMatchObject({ outcome: 'unknown' });
    await expect(arrives(messages[1])).resolves.toMatchObject({ outcome: 'unknown' });
    expect(t.provider.charges).toHaveLength(2);
  });

  it('continues a retry that was not executed at its next delivery', async () => {
    const message = await retry();
    await arrives(message, () => Promise.reject(new NotExecutedError('429')));
    expect(t.record).toMatchObject({ status: 'RETRYING' });
    await expect(arrives(message)).resolves.toMatchObject({ outcome: 'applied' });
  });

  it('recognises the claim of a retry if the answer was lost', async () => {
    const message = await retry();
    t.store.befall('claim', 'undecided');
    await expect(arrives(message)).resolves.toMatchObject({ outcome: 'applied' });
    expect(t.provider.charges).toHaveLength(2);
  });

  it('does not make a message without the owner token run', async () => {
    await retry();
    await expect(t.external(guarantee, undefined, { messageId: 'm9' })).resolves.toMatchObject({
      outcome: 'unknown',
    });
    const wrong = { attributes: { 'resolved-attempt': 'attempt-0' } };
    await expect(t.external(guarantee, undefined, wrong)).resolves.toMatchObject({ outcome: 'unknown' });
    expect(t.provider.charges).toHaveLength(1);
  });

  it('restarts the key retention of the provider', async () => {
    const message = await retry();
    t.clock.time += 40 * 86_400_000;
    const delivery = { attributes: message.attributes, messageId: 'm2', sentAt: t.clock.now() };
    await t.external(atLeast, t.provider.losesAnswer, delivery);
    expect(t.record).toMatchObject({ status: 'RETRYING', firstAttemptAt: t.clock.now() });
    await expect(t.external(atLeast, undefined, delivery)).resolves.toMatchObject({ outcome: 'applied' });
  });

  it('under exactly-once reopens the record and commits', async () => {
    const message = await retry();
    const delivery = { attributes: message.attributes, messageId: 'm2' };
    await expect(t.effects(exactlyOnce(), delivery)).resolves.toMatchObject({ outcome: 'applied' });
    await expect(t.effects(exactlyOnce(), delivery)).resolves.toMatchObject({ outcome: 'duplicate' });
    expect(t.committed).toBe(1);
  });

  it('under exactly-once commits after the states INPROGRESS and RETRYING', async () => {
    const { attributes } = await retry();
    const seen: unknown[] = [];
    const look = () => seen.push(t.record?.status);
    t.store.befall('claim', look);
    t.store.befall('release', look);
    t.store.befall('commit', () => {}, look);
    await t.effects(exactlyOnce(), { attributes, messageId: 'm2' });
    expect([...seen, t.record?.status]).toEqual(['OUTCOME_UNKNOWN', 'INPROGRESS', 'RETRYING', 'COMPLETED']);
  });

  it('under exactly-once commits once if two deliveries reopen the record at once', async () => {
    const messages = [await retry(), await retry()] as const;
    const deliveries = messages.map(({ attributes, deduplicationId }) =>
      t.effects(exactlyOnce(), { attributes, messageId: deduplicationId }),
    );
    await Promise.all(deliveries);
    expect(t.committed).toBe(1);
    expect(t.record).toMatchObject({ status: 'COMPLETED', guarantee: 'exactly-once' });
  });

  it('under exactly-once survives a crash between reopening and commit', async () => {
    const message = await retry();
    const delivery = { attributes: message.attributes, messageId: 'm2' };
    t.store.befall('release', 'dies before');
    void t.effects(exactlyOnce(), delivery);
    await settled();
    expect(t.record).toMatchObject({ status: 'INPROGRESS', guarantee: 'exactly-once' });
    await expect(t.effects(exactlyOnce(), delivery)).resolves.toMatchObject({ outcome: 'leased' });
    t.passLeases();
    await expect(t.effects(exactlyOnce(), delivery)).resolves.toMatchObject({ outcome: 'applied' });
    expect(t.committed).toBe(1);
  });

  it('as done succeeds if the same was decided before', async () => {
    await done();
    const { record } = t;
    await expect(done()).resolves.toBeUndefined();
    expect(t.record).toEqual(record);
  });

  it('decides only the outcome that the operator looked at, not a later one of the same event', async () => {
    const seen = attemptOf(t);
    await arrives(await retry(), t.provider.losesAnswer);
    const { record } = t;
    for (const decide of [retry, done]) {
      await expect(decide(seen)).rejects.toMatchObject({
        code: 'NOT_RESOLVABLE',
        message: expect.stringMatching(/is unknown by attempt attempt-\d+, not by attempt-1: look again$/),
      });
    }
    expect(t.record).toEqual(record);
    expect(sent).toHaveLength(1);
  });

  it('as retry fails if the outcome was decided before', async () => {
    await done();
    await expect(retry()).rejects.toMatchObject({
      code: 'NOT_RESOLVABLE',
      message: expect.stringContaining('is COMPLETED'),
    });
    expect(sent).toEqual([]);
  });

  it('fails if there is no record', async () => {
    t.wiring.memory.records.clear();
    const refused = { code: 'NOT_RESOLVABLE', message: expect.stringContaining('does not exist') };
    await expect(done()).rejects.toMatchObject(refused);
    await expect(retry()).rejects.toMatchObject(refused);
    expect(sent).toEqual([]);
  });

  it('fails if the store is contended', async () => {
    t.store.befall('resolveDone', 'contended');
    await expect(done()).rejects.toMatchObject({ code: 'STORE_BUSY' });
  });
});

describe('a late first owner', () => {
  async function held() {
    const t = new Timeline();
    const slow = gate();
    const first = t.external(guarantee, async () => {
      await slow.opened;
      return 'first';
    });
    await settled();
    t.passLeases();
    await t.external(guarantee, undefined, { messageId: 'm2' });
    const sent: ResendMessage[] = [];
    const send = async (message: ResendMessage) => void sent.push(message);
    await resolve({
      store: t.store,
      id: t.key,
      attempt: attemptOf(t),
      as: 'retry',
      send,
      random: t.wiring.random,
    });
    const attributes = sent[0]?.attributes ?? {};
    return {
      t,
      slow,
      first,
      again: () => t.external(guarantee, async () => 'again', { attributes, messageId: 'm3' }),
    };
  }

  it('can complete before the retry arrives, and the retry does nothing', async () => {
    const { t, slow, first, again } = await held();
    slow.open();
    await expect(first).resolves.toMatchObject({ outcome: 'applied' });
    await expect(again()).resolves.toMatchObject({ outcome: 'duplicate' });
    expect(t.record).toMatchObject({ result: '"first"' });
  });

  it('is fenced if it completes after the retry was claimed', async () => {
    const { t, slow, first, again } = await held();
    await expect(again()).resolves.toMatchObject({ outcome: 'applied' });
    slow.open();
    await expect(first).resolves.toMatchObject({ outcome: 'fenced', acknowledged: false });
    expect(t.record).toMatchObject({ result: '"again"' });
  });
});
