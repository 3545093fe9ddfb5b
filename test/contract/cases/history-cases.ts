import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ConsumerHistory } from '../../../contract/record/history.ts';
import { plain } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';

/** A store that tools cannot read has no histories: nothing is left to check. */
function historyCase(
  name: string,
  run: (write: (history: ConsumerHistory) => Promise<unknown>, subject: StoreUnderTest) => Promise<void>,
): Case {
  return {
    name,
    async run(subject) {
      const { store } = subject;
      if (store.recordHistory === undefined) return;
      await run(async (history) => plain(await store.recordHistory?.(history)), subject);
    },
  };
}

export const historyCases: readonly Case[] = [
  historyCase('a history is written once, and the first one stays', async (write, { now }) => {
    const consumer = `consumer-${randomUUID()}`;
    const first = { consumer, beganAt: now(), from: 1_600_000_000_000, since: 1_700_000_000_000 };
    assert.deepEqual(await write(first), first);
    assert.deepEqual(await write({ consumer, beganAt: now() + 1 }), first);
    assert.deepEqual(await write(first), first);
  }),
  historyCase('a history of a consumer without a past has no dates of one', async (write, { now }) => {
    const fresh = { consumer: `consumer-${randomUUID()}`, beganAt: now() };
    assert.deepEqual(await write(fresh), fresh);
    assert.deepEqual(await write({ ...fresh, from: 1 }), fresh);
  }),
  historyCase('each consumer has its own history', async (write, { now }) => {
    const one = { consumer: `consumer-${randomUUID()}`, beganAt: now() };
    const other = { consumer: `consumer-${randomUUID()}`, beganAt: now(), from: 1_600_000_000_000 };
    assert.deepEqual(await write(one), one);
    assert.deepEqual(await write(other), other);
  }),
  historyCase('of histories that are written at once, one wins', async (write, { now }) => {
    const consumer = `consumer-${randomUUID()}`;
    const written = await Promise.all([1, 2, 3].map((n) => write({ consumer, beganAt: now() + n })));
    assert.equal(new Set(written.map((one) => JSON.stringify(one))).size, 1);
  }),
];
