import { applyExactlyOnce } from '../../../runtime/exactly-once.ts';
import { put } from '../../../runtime/index.ts';
import type { CommitAnswer, Completion, StoredRecord } from '../../../runtime/stores/effect-store.ts';
import { FakeClock, FakeRandom, FakeStore } from '../../support/wiring.ts';

const clock = new FakeClock();
const effects = [put('orders', { orderId: '1' })];

function completion(over: Partial<Completion> = {}): Completion {
  return {
    id: 'c#s#1',
    fingerprint: 'print',
    attempt: 'mine',
    consumer: 'c',
    source: 's',
    eventId: '1',
    messageGroup: 'g',
    messageId: 'm-2',
    now: clock.now(),
    expiration: clock.now() / 1000 + 1000,
    ...over,
  };
}

function found(over: Partial<StoredRecord> = {}): CommitAnswer {
  const record: StoredRecord = {
    status: 'COMPLETED',
    expiration: clock.now() / 1000 + 500,
    fingerprint: 'print',
    attempt: 'another',
    messageId: 'm-1',
    ...over,
  };
  return { kind: 'exists', record };
}

function run(store: FakeStore, milliseconds = 10_000) {
  const deadline = clock.now() + milliseconds;
  return applyExactlyOnce(completion(), effects, { store, clock, random: new FakeRandom(), deadline });
}

describe('applyExactlyOnce', () => {
  let store: FakeStore;
  beforeEach(() => {
    store = new FakeStore();
  });

  it('applies an event that is new, in one call', async () => {
    await expect(run(store)).resolves.toEqual({ outcome: 'applied' });
    expect(store.effects).toEqual(effects);
    expect(store.overs).toHaveLength(1);
  });

  it('finds a duplicate in one call, and says which message applied it', async () => {
    store.answers.push(() => found());
    await expect(run(store)).resolves.toEqual({ outcome: 'duplicate', appliedWith: 'm-1' });
    expect(store.overs).toHaveLength(1);
  });

  it('tells a conflict from a duplicate by the fingerprint', async () => {
    store.answers.push(() => found({ fingerprint: 'other' }));
    await expect(run(store)).resolves.toEqual({ outcome: 'conflict', applied: 'other', received: 'print' });
  });

  it('recognises its own commit whose answer was lost', async () => {
    // GIVEN a commit that happened, answered by a conflict between two tries of the same request
    store.answers.push((mine) => {
      store.records.set(mine.id, mine);
      store.effects.push(...effects);
      return { kind: 'contended', cause: 'TransactionConflict' };
    });
    // THEN the second try finds its own token, and that is no duplicate
    await expect(run(store)).resolves.toEqual({ outcome: 'applied' });
    expect(store.effects).toEqual(effects);
  });

  it('takes a record for expired from the second on that its expiration names', async () => {
    store.records.set('c#s#1', completion({ attempt: 'another', expiration: clock.now() / 1000 }));
    await expect(run(store, 0)).resolves.toEqual({ outcome: 'applied' });
  });

  it('begins a new life over a record that has expired but is not deleted yet', async () => {
    const expired = clock.now() / 1000 - 1;
    store.records.set('c#s#1', completion({ attempt: 'another', fingerprint: 'other', expiration: expired }));
    await expect(run(store)).resolves.toEqual({ outcome: 'applied' });
    expect(store.overs).toEqual([undefined, expired]);
  });

  it('is a duplicate of whoever replaced the expired record first', async () => {
    store.answers.push(
      () => found({ expiration: clock.now() / 1000 - 1 }),
      () => found(),
    );
    await expect(run(store)).resolves.toMatchObject({ outcome: 'duplicate' });
  });

  it('tries again as new where the record vanished between condition and answer', async () => {
    store.answers.push(() => ({ kind: 'exists', record: undefined }));
    await expect(run(store)).resolves.toEqual({ outcome: 'applied' });
  });

  it.each([
    'RETRYING',
    'QUARANTINED',
  ] as const)('tries again where the record became %s meanwhile', async (status) => {
    store.answers.push(() => found({ status }));
    await expect(run(store)).resolves.toEqual({ outcome: 'applied' });
  });

  it('retries a contended commit with growing delays inside its time, then lets the message wait', async () => {
    const slept = clock.slept.length;
    for (let i = 0; i < 20; i++)
      store.answers.push(() => ({ kind: 'contended', cause: new Error('throttled') }));
    await expect(run(store, 1000)).rejects.toMatchObject({ code: 'STORE_BUSY' });
    const delays = clock.slept.slice(slept);
    expect(delays).toEqual([12.5, 25, 50, 100, 200, 400]);
  });

  it('never spins on a record that answers neither yes nor no', async () => {
    for (let i = 0; i < 1000; i++) store.answers.push(() => found({ status: 'RETRYING' }));
    await expect(run(store, 1000)).rejects.toMatchObject({ code: 'STORE_BUSY' });
    expect(store.overs.length).toBeLessThan(10);
  });

  it.each([
    'INPROGRESS',
    'OUTCOME_UNKNOWN',
  ] as const)('waits where another guarantee left %s', async (status) => {
    store.answers.push(() => found({ status }));
    await expect(run(store)).rejects.toMatchObject({ code: 'UNFINISHED_RECORD' });
    expect(store.effects).toEqual([]);
  });

  it('gives up for good on effects that the store refuses', async () => {
    store.answers.push(() => ({ kind: 'refused', reason: 'Effect 1 was refused', cause: undefined }));
    await expect(run(store)).rejects.toMatchObject({ code: 'PERMANENT', message: 'Effect 1 was refused' });
  });

  it('passes on what the store throws: the outcome is not known, the message waits', async () => {
    store.answers.push(() => Promise.reject(new Error('socket hang up')));
    await expect(run(store)).rejects.toThrow('socket hang up');
  });
});
