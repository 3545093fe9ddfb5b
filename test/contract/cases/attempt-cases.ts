import assert from 'node:assert/strict';
import type { CountAnswer, Delivery, StoredRecord } from '../../../runtime/stores/record-store.ts';
import { assertNothingFound, expired, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';
import { openings } from './openings.ts';

const needs = ({ effects }: StoreUnderTest) => effects !== undefined;

/** One event whose handler fails before it has effects. */
class Failing extends Scene {
  override delivery(over: Partial<Delivery> = {}): Delivery {
    return super.delivery({ guarantee: 'exactly-once', ...over });
  }
  override given(over: Partial<StoredRecord>): Promise<StoredRecord> {
    return super.given({ guarantee: 'exactly-once', ...over });
  }
  async count(mine: Delivery, over?: number): Promise<CountAnswer> {
    assert.ok(this.subject.effects);
    return await this.subject.effects.store.countAttempt(mine, 'why', over);
  }
  async counted(mine: Delivery, attempts: number, firstAttemptAt: number, over?: number): Promise<void> {
    assert.deepEqual(await this.count(mine, over), { kind: 'counted', attempts, firstAttemptAt });
    const { attempt, fingerprint, messageId, messageGroup, expiration, guarantee } = mine;
    const begun = { attempt, fingerprint, messageId, messageGroup, expiration, guarantee };
    await this.shows({ ...begun, status: 'RETRYING', lastError: 'why', attempts, firstAttemptAt });
  }
  async refused(mine: Delivery, over?: number): Promise<void> {
    const answer = await this.unchangedBy(() => this.count(mine, over));
    assert.equal(answer.kind, 'exists');
    assert.ok(answer.record, 'it shows the record');
  }
}

function countCase(
  name: string,
  run: (scene: Failing, subject: StoreUnderTest) => Promise<void>,
  when = needs,
): Case {
  return { name, needs: when, run: (subject) => run(new Failing(subject), subject) };
}

const rows = openings.flatMap(({ title, record, mine, commit }) => [
  countCase(`countAttempt over ${title}: ${commit ? 'counted' : 'refused'}`, async (scene, subject) => {
    const { firstAttemptAt = 0 } = await scene.given(record(subject));
    if (!commit) return await scene.refused(scene.delivery(mine));
    await scene.counted(scene.delivery(mine), 4, firstAttemptAt);
  }),
  ...(commit
    ? [
        countCase(
          `countAttempt over ${title} of another event or guarantee: refused`,
          async (scene, subject) => {
            await scene.given(record(subject));
            await scene.refused(scene.delivery({ fingerprint: 'other' }));
            await scene.refused(scene.delivery({ guarantee: 'at-least-once' }));
          },
        ),
      ]
    : []),
]);

const released: readonly Case[] = [
  {
    name: 'release of an attempt that failed: counted, in the same write',
    async run(subject) {
      const scene = new Scene(subject);
      const { firstAttemptAt = 0 } = await scene.given({ status: 'RETRYING' });
      const mine = await scene.owner();
      assert.deepEqual(await scene.store.release(mine, 'why', true), {
        kind: 'written',
        tries: { attempts: 4, firstAttemptAt },
      });
      await scene.shows({ status: 'RETRYING', attempts: 4, firstAttemptAt, lastError: 'why' });
    },
  },
  {
    name: 'release of the first attempt of an event: it is one',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = await scene.owner();
      await scene.store.release(mine, 'why', true);
      await scene.shows({ status: 'RETRYING', attempts: 1 });
      await scene.store.release(await scene.owner(), 'why', false);
      await scene.shows({ status: 'RETRYING', attempts: 1 });
    },
  },
  {
    name: 'release of a failed attempt whose answer was lost: the next try changes nothing, and is shown the count',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = await scene.owner();
      await scene.store.release(mine, 'why', true);
      const answer = await scene.unchangedBy(() => scene.store.release(mine, 'why', true));
      assert.equal(answer.kind, 'fenced');
      assert.equal(answer.record?.attempt, mine.attempt);
      assert.equal(answer.record?.attempts, 1);
    },
  },
  {
    name: 'release of a failed attempt whose record is gone: nothing is counted',
    async run(subject) {
      const scene = new Scene(subject);
      assert.deepEqual(await scene.store.release(scene.delivery(), 'why', true), { kind: 'written' });
      assert.equal(await scene.find(), undefined);
    },
  },
];

export const attemptCases: readonly Case[] = [
  countCase('countAttempt of a new event: it is the first', async (scene) => {
    const mine = scene.delivery();
    await scene.counted(mine, 1, mine.now);
  }),
  countCase(
    'countAttempt of a new event outside of the window: refused, nothing is written',
    async (scene) => {
      assertNothingFound(await scene.count(scene.delivery({ insideWindow: false })), 'exists');
      assert.equal(await scene.find(), undefined);
    },
  ),
  ...rows,
  countCase(
    'countAttempt over an expired record: refused until it was seen, then it is the first of a new life',
    async (scene, subject) => {
      const { expiration } = await scene.given({ status: 'RETRYING', ...expired(subject) });
      await scene.refused(scene.delivery());
      const mine = scene.delivery({ fingerprint: 'new' });
      await scene.counted(mine, 1, mine.now, expiration);
    },
    (subject) => needs(subject) && subject.keepsExpired,
  ),
  countCase('countAttempt again by the same delivery: refused, and shown its own attempt', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine);
    const answer = await scene.unchangedBy(() => scene.count(mine));
    assert.equal(answer.kind, 'exists');
    assert.equal(answer.record?.attempt, mine.attempt);
    assert.equal(answer.record?.attempts, 1);
  }),
  countCase('20 attempts at once: each is counted', async (scene) => {
    await Promise.all(Array.from({ length: 20 }, () => scene.count(scene.delivery())));
    await scene.shows({ attempts: 20 });
  }),
  countCase('commit after attempts that failed: committed, and the record tells them', async (scene) => {
    await scene.count(scene.delivery());
    const answer = await scene.subject.effects?.store.commit(scene.delivery(), []);
    assert.deepEqual(answer, { kind: 'committed' });
    await scene.shows({ status: 'COMPLETED', attempts: 1 });
  }),
  ...released,
];
