import assert from 'node:assert/strict';
import type { ClaimTerms, Delivery, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { losingAnswers } from '../losing-answers.ts';
import { expired, lease, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';

const crowd = 50;
const hour = 3_600_000;

/** 50 deliveries claim at once; one wins, and the record is its. */
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
  { title: 'nothing' },
  { title: 'RETRYING', record: () => ({ status: 'RETRYING' }) },
  { title: 'a lease that is over', record: (subject) => lease(subject, 'over') },
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

/** Each step, from a state that takes it; the answer of its first call is lost. */
const lost: readonly {
  step: string;
  record?: (subject: StoreUnderTest) => Partial<StoredRecord>;
  call: (scene: Scene, mine: Delivery) => Promise<{ kind: string; record?: StoredRecord | undefined }>;
  shows: StoredRecord['status'];
}[] = [
  { step: 'claim', call: (scene, mine) => scene.store.claim(mine, scene.terms()), shows: 'INPROGRESS' },
  {
    step: 'claim that takes over',
    record: (subject) => ({ ...lease(subject, 'over'), ownerToken: 'dead' }),
    call: (scene, mine) => scene.store.claim(mine, scene.terms()),
    shows: 'INPROGRESS',
  },
  {
    step: 'claim of an unknown outcome that was sent again',
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

/** By which a delivery can tell what the times of the record that it is shown mean. */
const clocks: Case[] = refusals.flatMap(({ step, call }) =>
  [-hour, hour / 2].map((skew) => ({
    name: `${step} refused to a delivery whose clock is off by ${skew / 60_000} min: says which time decided`,
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
      name: `${crowd} claims at once over ${title}: one wins`,
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
      name: `${step} whose answer was lost: the next try is shown its own attempt`,
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
    name: 'a delivery whose clock is half an hour ahead leaves one owner, and one completion',
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
    name: 'a delivery whose clock is an hour behind takes no live lease',
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
    name: 'an owner whose clock is an hour behind has its whole lease, if the store has its own clock',
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
