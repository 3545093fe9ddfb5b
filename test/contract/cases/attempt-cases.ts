import assert from 'node:assert/strict';
import type { AttemptHistory } from '../../../contract/policies/retry-policy.ts';
import { recordStatuses } from '../../../contract/record/record-attributes.ts';
import type {
  CountAnswer,
  CountedAttempt,
  Delivery,
  StoredRecord,
} from '../../../runtime/ports/record-store.ts';
import { assertNothingFound, expired, givenUp, plain, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';
import { openings } from './openings.ts';

const failed: CountedAttempt = { state: 'FAILED', lastError: 'why' };
const started: CountedAttempt = { state: 'STARTED' };
/** A release that takes the count of its attempt back. */
const back = { change: -1, wasCounted: true } as const;

const needs = ({ effects }: StoreUnderTest) => effects !== undefined;

/** One event whose handler fails before it has effects. */
class Failing extends Scene {
  override delivery(over: Partial<Delivery> = {}): Delivery {
    return super.delivery({ guarantee: 'exactly-once', ...over });
  }
  override given(over: Partial<StoredRecord>): Promise<StoredRecord> {
    return super.given({ guarantee: 'exactly-once', ...over });
  }
  async count(mine: Delivery, over?: number, attempt = failed): Promise<CountAnswer> {
    assert.ok(this.subject.effects);
    return await this.subject.effects.store.countAttempt(mine, attempt, over);
  }
  async counted(mine: Delivery, past: AttemptHistory, over?: number): Promise<void> {
    assert.deepEqual(plain(await this.count(mine, over)), plain({ kind: 'counted', past }));
    const { ownerToken, fingerprint, messageId, messageGroup, expiration, guarantee } = mine;
    const begun = { ownerToken, fingerprint, messageId, messageGroup, expiration, guarantee };
    const { attempts, firstAttemptAt } = past;
    const tries = { attempts: attempts + 1, firstAttemptAt };
    await this.shows({ ...begun, status: 'RETRYING', attemptState: 'FAILED', lastError: 'why', ...tries });
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
  countCase(`countAttempt ${commit ? 'counts over' : 'is refused by'} ${title}`, async (scene, subject) => {
    const { attempts = 0, firstAttemptAt = 0 } = await scene.given(record(subject));
    if (!commit) return await scene.refused(scene.delivery(mine));
    await scene.counted(scene.delivery(mine), { attempts, firstAttemptAt });
  }),
  ...(commit
    ? [
        countCase(
          `countAttempt is refused by ${title} if fingerprint or guarantee differ`,
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
    name: `release of a counted attempt ${isTaken ? 'takes the count back' : 'is refused'} if the record is ${status}`,
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({
        status,
        ownerToken: 'mine',
        attempts: 3,
        attemptState: 'STARTED',
        ...(status === 'OUTCOME_UNKNOWN' && { expiration: undefined, body: '{}' }),
      });
      const mine = scene.delivery({ ownerToken: 'mine' });
      const release = () => scene.store.release(mine, 'why', back);
      if (!isTaken) return assert.equal((await scene.unchangedBy(release)).kind, 'fenced');
      assert.deepEqual(await release(), { kind: 'written' });
      await scene.shows({ status: 'RETRYING', attempts: 2, attemptState: undefined, lastError: 'why' });
    },
  };
});

/** The steps that write the owner token or end the attempt. The record has the unfinished attempt of a dead delivery. */
const writers: readonly {
  readonly name: string;
  readonly run: (scene: Scene, mine: Delivery) => Promise<{ readonly kind: string }>;
}[] = [
  { name: 'claim', run: (scene, mine) => scene.store.claim(mine, scene.terms()) },
  { name: 'quarantine', run: (scene, mine) => scene.store.quarantine(mine, givenUp) },
  {
    name: 'holdUnknown',
    run: (scene, mine) =>
      scene.store.holdUnknown(mine, { ownerToken: 'dead', status: 'RETRYING' }, { body: '{}' }, 'why'),
  },
];

const removals = writers.map(
  ({ name, run }): Case => ({
    name: `${name} removes the state of an unfinished attempt of a dead delivery`,
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING', ownerToken: 'dead', attemptState: 'STARTED' });
      const mine = scene.delivery();
      assert.match((await run(scene, mine)).kind, /^(claimed|quarantined|written)$/);
      await scene.shows({ attemptState: undefined });
      const answer = await scene.unchangedBy(() => scene.store.release(mine, 'no time', back));
      assert.equal(answer.kind, 'fenced', 'a count is taken back that was never made');
    },
  }),
);

const released: readonly Case[] = [
  ...removals,
  ...releases,
  {
    name: 'release of a failed attempt counts it in the same write',
    async run(subject) {
      const scene = new Scene(subject);
      const { firstAttemptAt = 0 } = await scene.given({ status: 'RETRYING' });
      const mine = await scene.owner();
      const terms = { change: 1, state: 'FAILED' } as const;
      assert.deepEqual(await scene.store.release(mine, 'why', terms), { kind: 'written' });
      const left = { status: 'RETRYING', attempts: 4, firstAttemptAt, lastError: 'why' } as const;
      await scene.shows({ ...left, attemptState: 'FAILED' });
    },
  },
  {
    name: 'a claim can count its attempt in the same write, and returns the attempts before it',
    async run(subject) {
      const scene = new Scene(subject);
      const { firstAttemptAt } = await scene.given({ status: 'RETRYING', attempts: 3, lastError: 'why' });
      const mine = scene.delivery();
      assert.deepEqual(await scene.store.claim(mine, scene.terms({ countsAttempt: true })), {
        kind: 'claimed',
        past: { attempts: 3, firstAttemptAt },
      });
      const counted = { status: 'INPROGRESS', attempts: 4, attemptState: 'STARTED' } as const;
      await scene.shows({ ...counted, firstAttemptAt, lastError: 'why' });
      await scene.store.release(mine, 'not begun', { change: 0, wasCounted: true, state: 'STARTED' });
      assert.deepEqual(await scene.store.claim(scene.delivery(), scene.terms()), {
        kind: 'claimed',
        past: { attempts: 4, firstAttemptAt, state: 'STARTED' },
      });
      await scene.shows({
        status: 'INPROGRESS',
        attempts: 4,
        attemptState: undefined,
        lastError: 'not begun',
      });
    },
  },
  {
    name: 'release of a counted attempt whose answer was lost takes nothing back at the next try, and returns its own record',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING', attempts: 3 });
      const mine = scene.delivery();
      await scene.store.claim(mine, scene.terms({ countsAttempt: true }));
      assert.deepEqual(await scene.store.release(mine, 'why', back), { kind: 'written' });
      const answer = await scene.unchangedBy(() => scene.store.release(mine, 'why', back));
      assert.equal(answer.kind === 'fenced' && answer.record?.ownerToken, mine.ownerToken);
      await scene.shows({ status: 'RETRYING', attempts: 3, lastError: 'why' });
    },
  },
  {
    name: 'release can take the count back and keep the lease, so that the owner may still complete the record',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = scene.delivery();
      await scene.store.claim(mine, scene.terms({ countsAttempt: true }));
      const { leaseUntil, expiration } = (await scene.find()) ?? {};
      const keeping = { ...back, keepsLease: true };
      assert.deepEqual(await scene.store.release(mine, 'why', keeping), { kind: 'written' });
      const left = { status: 'INPROGRESS', attempts: 0, lastError: 'why', leaseUntil, expiration } as const;
      await scene.shows({ ...left, attemptState: undefined });
      assert.deepEqual(await scene.store.complete(mine, '1'), { kind: 'written' });
      await scene.shows({ status: 'COMPLETED', attempts: 0, lastError: undefined });
    },
  },
  {
    name: 'release of a failure whose count was taken back is refused with its own record without a state, and can then count it again',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = scene.delivery();
      await scene.store.claim(mine, scene.terms({ countsAttempt: true }));
      await scene.store.release(mine, 'no time', { ...back, keepsLease: true });
      const failure = { change: 0, wasCounted: true, state: 'FAILED' } as const;
      const answer = await scene.unchangedBy(() => scene.store.release(mine, 'why', failure));
      assert.equal(answer.kind, 'fenced');
      const { ownerToken, status, attemptState } = answer.record ?? {};
      const own = { ownerToken: mine.ownerToken, status: 'INPROGRESS', attemptState: undefined };
      assert.deepEqual({ ownerToken, status, attemptState }, own);
      const counted = { change: 1, state: 'FAILED' } as const;
      assert.deepEqual(await scene.store.release(mine, 'why', counted), { kind: 'written' });
      await scene.shows({ status: 'RETRYING', attempts: 1, attemptState: 'FAILED', lastError: 'why' });
      const again = await scene.unchangedBy(() => scene.store.release(mine, 'why', counted));
      assert.equal(again.kind === 'fenced' && again.record?.attemptState, 'FAILED');
    },
  },
  {
    name: 'release of a counted attempt is refused after another delivery took over the record',
    async run(subject) {
      const scene = new Scene(subject);
      const late = await scene.lateOwner({ countsAttempt: true });
      await scene.owner({}, { countsAttempt: true });
      const answer = await scene.unchangedBy(() => scene.store.release(late, 'late', back));
      assert.equal(answer.kind, 'fenced');
      await scene.shows({ attempts: 2 });
    },
  },
  {
    name: 'a claim of a new event can count its first attempt',
    async run(subject) {
      const scene = new Scene(subject);
      const answer = await scene.store.claim(scene.delivery(), scene.terms({ countsAttempt: true }));
      assert.equal(answer.kind === 'claimed' && answer.past.attempts, 0);
      await scene.shows({ status: 'INPROGRESS', attempts: 1, attemptState: 'STARTED', lastError: undefined });
    },
  },
];

export const attemptCases: readonly Case[] = [
  countCase('countAttempt of a new event counts its first attempt', async (scene) => {
    const mine = scene.delivery();
    await scene.counted(mine, { attempts: 0, firstAttemptAt: mine.now });
  }),
  countCase(
    'countAttempt of a new event outside of the window is refused and writes nothing',
    async (scene) => {
      assertNothingFound(await scene.count(scene.delivery({ insideWindow: false })), 'exists');
      assert.equal(await scene.find(), undefined);
    },
  ),
  ...rows,
  countCase(
    'countAttempt replaces an expired record only if it names its expiration, and counts the first attempt of a new record',
    async (scene, subject) => {
      const { expiration } = await scene.given({ status: 'RETRYING', ...expired(subject) });
      await scene.refused(scene.delivery());
      const mine = scene.delivery({ fingerprint: 'new' });
      await scene.counted(mine, { attempts: 0, firstAttemptAt: mine.now }, expiration);
    },
    (subject) => needs(subject) && subject.keepsExpired,
  ),
  countCase('a second countAttempt of the same delivery is refused, with its own attempt', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine);
    const answer = await scene.unchangedBy(() => scene.count(mine));
    assert.equal(answer.kind, 'exists');
    assert.equal(answer.record?.ownerToken, mine.ownerToken);
    assert.equal(answer.record?.attempts, 1);
  }),
  countCase('release by the delivery that counted an attempt takes the count back, once', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine, undefined, started);
    await scene.shows({ status: 'RETRYING', attempts: 1, attemptState: 'STARTED', lastError: undefined });
    assert.deepEqual(await scene.store.release(mine, 'not its fault', back), { kind: 'written' });
    await scene.shows({ status: 'RETRYING', attempts: 0, lastError: 'not its fault' });
    const answer = await scene.unchangedBy(() => scene.store.release(mine, 'not its fault', back));
    assert.equal(answer.kind, 'fenced');
  }),
  countCase(
    'countAttempt of a failure is refused if the delivery counted the start of the attempt',
    async (scene) => {
      const mine = scene.delivery();
      await scene.count(mine, undefined, started);
      const answer = await scene.unchangedBy(() => scene.count(mine));
      assert.equal(answer.kind === 'exists' && answer.record?.attemptState, 'STARTED');
    },
  ),
  countCase('countAttempt after the count was taken back counts again', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine, undefined, started);
    await scene.store.release(mine, 'not its fault', back);
    const { firstAttemptAt = 0 } = (await scene.find()) ?? {};
    await scene.counted(mine, { attempts: 0, firstAttemptAt });
  }),
  countCase('release does not take back the count of an attempt that has failed meanwhile', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine, undefined, started);
    await scene.store.release(mine, 'why', { change: 0, wasCounted: true, state: 'FAILED' });
    const answer = await scene.unchangedBy(() => scene.store.release(mine, 'no time', back));
    assert.equal(answer.kind, 'fenced');
    await scene.shows({ attempts: 1, attemptState: 'FAILED' });
  }),
  countCase('release without a count is refused by the record of a counted attempt', async (scene) => {
    const mine = scene.delivery();
    await scene.count(mine);
    const answer = await scene.unchangedBy(() => scene.store.release(mine, 'late', { change: 0 }));
    assert.equal(answer.kind, 'fenced');
  }),
  countCase(
    'countAttempt counts over a record that the same delivery released for another reason',
    async (scene) => {
      const mine = await scene.owner();
      await scene.store.release(mine, 'reopened', { change: 0 });
      const { firstAttemptAt = 0 } = (await scene.find()) ?? {};
      await scene.counted(mine, { attempts: 0, firstAttemptAt });
    },
  ),
  countCase('20 simultaneous attempts are all counted', async (scene) => {
    await Promise.all(Array.from({ length: 20 }, () => scene.count(scene.delivery())));
    await scene.shows({ attempts: 20 });
  }),
  countCase('commit after failed attempts succeeds, and the record still has their number', async (scene) => {
    await scene.count(scene.delivery());
    const answer = await scene.subject.effects?.store.commit([{ delivery: scene.delivery() }], []);
    assert.deepEqual(answer, { kind: 'committed' });
    await scene.shows({ status: 'COMPLETED', attempts: 1, attemptState: undefined });
  }),
  ...released,
];
