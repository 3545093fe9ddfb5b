import assert from 'node:assert/strict';
import { recordStatuses } from '../../../contract/record-attributes.ts';
import type { CountAnswer, Delivery, Past, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { assertNothingFound, expired, plain, Scene } from '../scene.ts';
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
  async counted(mine: Delivery, past: Past, over?: number): Promise<void> {
    assert.deepEqual(plain(await this.count(mine, over)), plain({ kind: 'counted', past }));
    const { ownerToken: attempt, fingerprint, messageId, messageGroup, expiration, guarantee } = mine;
    const begun = { attempt, fingerprint, messageId, messageGroup, expiration, guarantee };
    const { attempts, firstAttemptAt } = past;
    const tries = { attempts: attempts + 1, firstAttemptAt };
    await this.shows({ ...begun, status: 'RETRYING', lastError: 'why', ...tries });
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
    const { attempts = 0, firstAttemptAt = 0, lastError } = await scene.given(record(subject));
    if (!commit) return await scene.refused(scene.delivery(mine));
    await scene.counted(scene.delivery(mine), { attempts, firstAttemptAt, lastError });
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

const releases = recordStatuses.map((status): Case => {
  const isTaken = status === 'INPROGRESS' || status === 'RETRYING';
  return {
    name: `release of a counted attempt over ${status}: ${isTaken ? 'taken back' : 'fenced'}`,
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({
        status,
        ownerToken: 'mine',
        attempts: 3,
        lastError: 'begun',
        ...(status === 'OUTCOME_UNKNOWN' && { expiration: undefined, body: '{}' }),
      });
      const mine = scene.delivery({ ownerToken: 'mine' });
      const terms = { change: -1, countedAs: 'begun' } as const;
      const release = () => scene.store.release(mine, 'why', terms);
      if (!isTaken) return assert.equal((await scene.unchangedBy(release)).kind, 'fenced');
      assert.deepEqual(await release(), { kind: 'written' });
      await scene.shows({ status: 'RETRYING', attempts: 2, lastError: 'why' });
    },
  };
});

const released: readonly Case[] = [
  ...releases,
  {
    name: 'release of an attempt that failed: counted, in the same write',
    async run(subject) {
      const scene = new Scene(subject);
      const { firstAttemptAt = 0 } = await scene.given({ status: 'RETRYING' });
      const mine = await scene.owner();
      assert.deepEqual(await scene.store.release(mine, 'why', { change: 1 }), { kind: 'written' });
      await scene.shows({ status: 'RETRYING', attempts: 4, firstAttemptAt, lastError: 'why' });
    },
  },
  {
    name: 'claim that counts: one attempt more in the same write, and each claim tells what was before',
    async run(subject) {
      const scene = new Scene(subject);
      const { firstAttemptAt } = await scene.given({ status: 'RETRYING', attempts: 3, lastError: 'why' });
      const mine = scene.delivery();
      assert.deepEqual(await scene.store.claim(mine, scene.terms({ countedAs: 'begun' })), {
        kind: 'claimed',
        past: { attempts: 3, firstAttemptAt, lastError: 'why' },
      });
      await scene.shows({ status: 'INPROGRESS', attempts: 4, firstAttemptAt, lastError: 'begun' });
      await scene.store.release(mine, 'not begun', { change: -1, countedAs: 'begun' });
      assert.deepEqual(await scene.store.claim(scene.delivery(), scene.terms()), {
        kind: 'claimed',
        past: { attempts: 3, firstAttemptAt, lastError: 'not begun' },
      });
      await scene.shows({ status: 'INPROGRESS', attempts: 3, lastError: 'not begun' });
    },
  },
  {
    name: 'release of a counted attempt whose answer was lost: the next try takes nothing back, and is shown its own',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING', attempts: 3 });
      const mine = scene.delivery();
      await scene.store.claim(mine, scene.terms({ countedAs: 'begun' }));
      const back = { change: -1, countedAs: 'begun' } as const;
      assert.deepEqual(await scene.store.release(mine, 'why', back), { kind: 'written' });
      const answer = await scene.unchangedBy(() => scene.store.release(mine, 'why', back));
      assert.equal(answer.kind === 'fenced' && answer.record?.ownerToken, mine.ownerToken);
      await scene.shows({ status: 'RETRYING', attempts: 3, lastError: 'why' });
    },
  },
  {
    name: 'release that keeps the lease: the count is taken back, and the owner may still complete',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = scene.delivery();
      await scene.store.claim(mine, scene.terms({ countedAs: 'begun' }));
      const { leaseUntil, expiration } = (await scene.find()) ?? {};
      const back = { change: -1, countedAs: 'begun', keepsLease: true } as const;
      assert.deepEqual(await scene.store.release(mine, 'why', back), { kind: 'written' });
      await scene.shows({ status: 'INPROGRESS', attempts: 0, lastError: 'why', leaseUntil, expiration });
      assert.deepEqual(await scene.store.complete(mine, '1'), { kind: 'written' });
      await scene.shows({ status: 'COMPLETED', attempts: 0, lastError: undefined });
    },
  },
  {
    name: 'release of a counted attempt that another one took over: fenced',
    async run(subject) {
      const scene = new Scene(subject);
      const late = await scene.lateOwner({ countedAs: 'begun' });
      await scene.owner({}, { countedAs: 'begun' });
      const back = { change: -1, countedAs: 'begun' } as const;
      const answer = await scene.unchangedBy(() => scene.store.release(late, 'late', back));
      assert.equal(answer.kind, 'fenced');
      await scene.shows({ attempts: 2 });
    },
  },
  {
    name: 'claim of a new event that counts: its first attempt',
    async run(subject) {
      const scene = new Scene(subject);
      const answer = await scene.store.claim(scene.delivery(), scene.terms({ countedAs: 'begun' }));
      assert.equal(answer.kind === 'claimed' && answer.past.attempts, 0);
      await scene.shows({ status: 'INPROGRESS', attempts: 1, lastError: 'begun' });
    },
  },
];

export const attemptCases: readonly Case[] = [
  countCase('countAttempt of a new event: it is the first', async (scene) => {
    const mine = scene.delivery();
    await scene.counted(mine, { attempts: 0, firstAttemptAt: mine.now });
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
      await scene.counted(mine, { attempts: 0, firstAttemptAt: mine.now }, expiration);
    },
    (subject) => needs(subject) && subject.keepsExpired,
  ),
  countCase('countAttempt again by the same delivery: refused, and shown its own attempt', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine);
    const answer = await scene.unchangedBy(() => scene.count(mine));
    assert.equal(answer.kind, 'exists');
    assert.equal(answer.record?.ownerToken, mine.ownerToken);
    assert.equal(answer.record?.attempts, 1);
  }),
  countCase('release of a counted attempt by its delivery: taken back', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine);
    const back = { change: -1, countedAs: 'why' } as const;
    assert.deepEqual(await scene.store.release(mine, 'not its fault', back), { kind: 'written' });
    await scene.shows({ status: 'RETRYING', attempts: 0, lastError: 'not its fault' });
    const answer = await scene.unchangedBy(() => scene.store.release(mine, 'not its fault', back));
    assert.equal(answer.kind, 'fenced');
  }),
  countCase('release that knows of no count, over a counted ownerToken: fenced', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine);
    const answer = await scene.unchangedBy(() => scene.store.release(mine, 'late', { change: 0 }));
    assert.equal(answer.kind, 'fenced');
  }),
  countCase('countAttempt over what the same delivery left for another reason: counted', async (scene) => {
    const mine = await scene.owner();
    await scene.store.release(mine, 'reopened', { change: 0 });
    const { firstAttemptAt = 0 } = (await scene.find()) ?? {};
    await scene.counted(mine, { attempts: 0, firstAttemptAt, lastError: 'reopened' });
  }),
  countCase('20 attempts at once: each is counted', async (scene) => {
    await Promise.all(Array.from({ length: 20 }, () => scene.count(scene.delivery())));
    await scene.shows({ attempts: 20 });
  }),
  countCase('commit after attempts that failed: committed, and the record tells them', async (scene) => {
    await scene.count(scene.delivery());
    const answer = await scene.subject.effects?.store.commit([{ delivery: scene.delivery() }], []);
    assert.deepEqual(answer, { kind: 'committed' });
    await scene.shows({ status: 'COMPLETED', attempts: 1 });
  }),
  ...released,
];
