import assert from 'node:assert/strict';
import type { ClaimTerms, Delivery, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { losingAnswers } from '../losing-answers.ts';
import { expired, lease, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';

const crowd = 50;
const hour = 3_600_000;

/** 50 deliveries claim at once. One of them wins and owns the record. */
async function oneWins(scene: Scene, terms: Partial<ClaimTerms> = {}): Promise<void> {
  const deliveries = Array.from({ length: crowd }, () => scene.delivery());
  const answers = await Promise.all(
    deliveries.map(async (mine) => ({ mine, ...(await scene.store.claim(mine, scene.terms(terms))) })),
  );
  const winners = answers.filter(({ kind }) => kind === 'claimed');
  assert.equal(winners.length, 1);
  await scene.shows({ status: 'INPROGRESS', ownerToken: winners[0]?.mine.ownerToken ?? '' });
}

const contended: readonly {
  title: string;
  record?: (subject: StoreUnderTest) => Partial<StoredRecord>;
  terms?: (given: StoredRecord | undefined) => Partial<ClaimTerms>;
  needs?: Case['needs'];
}[] = [
  { title: 'a new event' },
  { title: 'a RETRYING record', record: () => ({ status: 'RETRYING' }) },
  { title: 'a record with an ended lease', record: (subject) => lease(subject, 'over') },
  {
    title: 'an expired record',
    record: expired,
    terms: (given) => ({ expectedExpiration: given?.expiration }),
    needs: ({ keepsExpired }) => keepsExpired,
  },
  {
    title: 'an unknown outcome that was sent again',
    record: () => ({ status: 'OUTCOME_UNKNOWN', expiration: undefined, ownerToken: 'unknown' }),
    terms: () => ({ resendToken: 'unknown' }),
  },
];

/** Steps over a record that accepts them. The answer of the first call is lost. */
const lost: readonly {
  step: string;
  record?: (subject: StoreUnderTest) => Partial<StoredRecord>;
  call: (scene: Scene, mine: Delivery) => Promise<{ kind: string; record?: StoredRecord | undefined }>;
  shows: StoredRecord['status'];
}[] = [
  { step: 'a claim', call: (scene, mine) => scene.store.claim(mine, scene.terms()), shows: 'INPROGRESS' },
  {
    step: 'a claim that takes over a lease',
    record: (subject) => ({ ...lease(subject, 'over'), ownerToken: 'dead' }),
    call: (scene, mine) => scene.store.claim(mine, scene.terms()),
    shows: 'INPROGRESS',
  },
  {
    step: 'a claim of an unknown outcome that was sent again',
    record: () => ({ status: 'OUTCOME_UNKNOWN', expiration: undefined, ownerToken: 'unknown' }),
    call: (scene, mine) => scene.store.claim(mine, scene.terms({ resendToken: 'unknown' })),
    shows: 'INPROGRESS',
  },
  {
    step: 'complete',
    record: (subject) => lease(subject, 'live'),
    call: (scene, mine) => scene.store.complete(mine, '1'),
    shows: 'COMPLETED',
  },
  {
    step: 'holdUnknown',
    record: (subject) => lease(subject, 'live'),
    call: (scene, mine) =>
      scene.store.holdUnknown(
        mine,
        { ownerToken: mine.ownerToken, status: 'INPROGRESS' },
        { body: '{}' },
        'why',
      ),
    shows: 'OUTCOME_UNKNOWN',
  },
  {
    step: 'resolveDone',
    record: () => ({ status: 'OUTCOME_UNKNOWN', expiration: undefined }),
    call: (scene, mine) => scene.store.resolveDone(scene.id, mine.ownerToken, mine),
    shows: 'COMPLETED',
  },
];

const refusals: readonly {
  step: string;
  call: (scene: Scene, mine: Delivery) => Promise<{ kind: string; now?: number | undefined }>;
}[] = [
  { step: 'claim', call: (scene, mine) => scene.store.claim(mine, scene.terms()) },
  { step: 'complete', call: (scene, mine) => scene.store.complete(mine, '1') },
  { step: 'release', call: (scene, mine) => scene.store.release(mine, 'why', { change: 0 }) },
  {
    step: 'holdUnknown',
    call: (scene, mine) =>
      scene.store.holdUnknown(
        mine,
        { ownerToken: 'attempt-before', status: 'INPROGRESS' },
        { body: '{}' },
        'why',
      ),
  },
];

/** With the time of the refusal, a delivery can interpret the times of the returned record. */
const clocks: Case[] = refusals.flatMap(({ step, call }) =>
  [-hour, hour / 2].map((skew) => ({
    name: `a refused ${step} returns the time that decided, if the delivery's clock is ${Math.abs(skew) / 60_000} minutes ${skew < 0 ? 'behind' : 'ahead'}`,
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given(lease(subject, 'live'));
      const begun = subject.now();
      const mine = scene.delivery({ now: begun + skew });
      const { kind, now } = await scene.unchangedBy(() => call(scene, mine));
      assert.ok(kind === 'exists' || kind === 'fenced', kind);
      scene.isOfStep(now ?? mine.now, subject.serverTime ? { now: begun } : mine);
    },
  })),
);

export const raceCases: readonly Case[] = [
  ...clocks,
  ...contended.map(
    ({ title, record, terms, needs }): Case => ({
      name: `one of ${crowd} simultaneous claims of ${title} wins`,
      ...(needs && { needs }),
      async run(subject) {
        const scene = new Scene(subject);
        const given = record && (await scene.given(record(subject)));
        await oneWins(scene, terms?.(given));
      },
    }),
  ),
  ...lost.map(
    ({ step, record, call, shows }): Case => ({
      name: `if the answer of ${step} is lost, the next try is refused and returns its own write`,
      async run(subject) {
        const scene = new Scene({ ...subject, store: losingAnswers(subject.store) });
        const mine = scene.delivery({ ownerToken: 'mine' });
        if (record) await scene.given({ ownerToken: 'mine', ...record(subject) });
        await assert.rejects(call(scene, mine), /the answer was lost/);
        await scene.shows({ status: shows, ownerToken: 'mine' });
        const answer = await scene.unchangedBy(() => call(scene, mine));
        assert.ok(answer.kind === 'exists' || answer.kind === 'fenced', answer.kind);
        assert.equal(answer.record?.status, shows);
        assert.equal(answer.record?.ownerToken, 'mine');
      },
    }),
  ),
  {
    name: 'a claim by a clock that is half an hour ahead leaves one owner, which alone completes the record',
    async run(subject) {
      const scene = new Scene(subject);
      const first = await scene.owner({}, { leaseUntil: subject.now() + hour / 4 });
      const ahead = scene.delivery({ now: subject.now() + hour / 2 });
      const answer = await scene.store.claim(ahead, scene.terms({ leaseUntil: ahead.now + hour }));
      assert.equal(answer.kind, subject.serverTime ? 'exists' : 'claimed');
      const [winner, loser] = subject.serverTime ? [first, ahead] : [ahead, first];
      assert.equal((await scene.unchangedBy(() => scene.store.complete(loser, '"loser"'))).kind, 'fenced');
      assert.deepEqual(await scene.store.complete(winner, '"winner"'), { kind: 'written' });
      await scene.shows({ status: 'COMPLETED', ownerToken: winner.ownerToken, result: '"winner"' });
    },
  },
  {
    name: 'a claim by a clock that is an hour behind does not take over a live lease',
    async run(subject) {
      const scene = new Scene(subject);
      const owner = await scene.owner();
      const behind = scene.delivery({ now: subject.now() - hour });
      const answer = await scene.store.claim(behind, scene.terms({ leaseUntil: behind.now + hour }));
      assert.equal(answer.kind, 'exists');
      await scene.shows({ ownerToken: owner.ownerToken });
    },
  },
  {
    name: 'an owner whose clock is an hour behind has its whole lease if the store has its own clock',
    needs: ({ serverTime }) => serverTime,
    async run(subject) {
      const scene = new Scene(subject);
      const now = subject.now() - hour;
      const behind = await scene.owner({ now }, { leaseUntil: now + hour / 2 });
      const answer = await scene.store.claim(scene.delivery(), scene.terms());
      assert.equal(answer.kind, 'exists');
      await scene.shows({ ownerToken: behind.ownerToken });
    },
  },
];
