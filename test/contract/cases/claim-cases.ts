import assert from 'node:assert/strict';
import type { ClaimTerms, Delivery, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { assertNothingFound, expired, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';
import { open, openings } from './openings.ts';

/** A claim that must be refused: the record is shown, and stays as it is. */
async function refused(scene: Scene, mine: Delivery, terms: Partial<ClaimTerms> = {}): Promise<void> {
  const before = await scene.find();
  const answer = await scene.unchangedBy(() => scene.store.claim(mine, scene.terms(terms)));
  assert.equal(answer.kind, 'exists');
  assert.equal(answer.record?.status, before?.status);
  assert.equal(answer.record?.fingerprint, before?.fingerprint);
  assert.equal(answer.record?.ownerToken, before?.ownerToken);
}

async function claimed(scene: Scene, mine: Delivery, terms: ClaimTerms): Promise<void> {
  const { attempts = 0 } = terms.expectedExpiration === undefined ? ((await scene.find()) ?? {}) : {};
  const claim = await scene.store.claim(mine, terms);
  const { ownerToken: attempt, fingerprint, guarantee, messageId, messageGroup } = mine;
  await scene.shows({
    status: 'INPROGRESS',
    ownerToken: attempt,
    fingerprint,
    guarantee,
    messageId,
    messageGroup,
  });
  const record = await scene.find();
  const past = { attempts, firstAttemptAt: mine.now };
  assert.ok(claim.kind === 'claimed', claim.kind);
  const told = { ...claim.past, firstAttemptAt: mine.now };
  assert.deepEqual(told, past);
  assert.equal(record?.attempts, attempts);
  // A store with a clock of its own counts from its own now.
  scene.isOfStep(mine.now + (record?.firstAttemptAt ?? Number.NaN) - claim.past.firstAttemptAt, mine);
  scene.isOfStep(mine.now + (record?.leaseUntil ?? Number.NaN) - terms.leaseUntil, mine);
  await scene.expiresAsSaidBy(mine);
}

const rows: Case[] = openings.flatMap(({ title, record, mine, claim, takeOver }) =>
  [false, true].map((takesOver) => {
    const accepts = takesOver ? takeOver : claim;
    const who = takesOver ? 'one that takes over' : 'one that does not';
    return {
      name: `claim over ${title}: ${accepts ? 'claimed' : 'refused'} for ${who}`,
      async run(subject) {
        const scene = new Scene(subject);
        const given = await scene.given(record(subject));
        const delivery = scene.delivery(mine);
        if (!accepts) return await refused(scene, delivery, { takeOver: takesOver });
        await claimed(scene, delivery, scene.terms({ takeOver: takesOver }));
        await scene.shows({ attempts: 3, firstAttemptAt: given.firstAttemptAt });
      },
    };
  }),
);

/** Whatever lets a claim in, does so for the same event under the same guarantee only. */
function refusedOverEveryOpening(
  why: string,
  over: (subject: StoreUnderTest) => {
    mine?: Partial<Delivery>;
    record?: Partial<StoredRecord>;
    terms?: Partial<ClaimTerms>;
  },
): Case[] {
  return open.map(({ title, record }) => ({
    name: `claim over ${title}: refused ${why}`,
    async run(subject) {
      const scene = new Scene(subject);
      const { mine = {}, terms = {}, ...rest } = over(subject);
      await scene.given({ ...record(subject), ...rest.record });
      await refused(scene, scene.delivery(mine), terms);
    },
  }));
}

const exclusions: Case[] = [
  ...refusedOverEveryOpening('with another fingerprint', () => ({ mine: { fingerprint: 'other' } })),
  ...refusedOverEveryOpening('under another guarantee', () => ({ mine: { guarantee: 'at-most-once' } })),
  ...refusedOverEveryOpening('where the record names no guarantee', () => ({
    record: { guarantee: undefined },
  })),
  ...refusedOverEveryOpening('where the record has no expiration', () => ({
    record: { expiration: undefined },
  })),
  ...refusedOverEveryOpening('where the provider has forgotten the first attempt', (subject) => ({
    terms: { firstAttemptAfter: subject.now() - 4000 },
  })),
  ...refusedOverEveryOpening('where the first attempt is not known', (subject) => ({
    record: { firstAttemptAt: undefined },
    terms: { firstAttemptAfter: subject.now() - 10_000 },
  })),
  {
    name: 'claim over a record without a first attempt: claimed if the provider never forgets',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ firstAttemptAt: undefined });
      const terms = scene.terms({ firstAttemptAfter: Number.NEGATIVE_INFINITY });
      await claimed(scene, scene.delivery(), terms);
    },
  },
  ...open.map(({ title, record }) => ({
    name: `claim over ${title}: claimed where the provider remembers the first attempt`,
    async run(subject: StoreUnderTest) {
      const scene = new Scene(subject);
      await scene.given(record(subject));
      await claimed(scene, scene.delivery(), scene.terms({ firstAttemptAfter: subject.now() - 3_600_000 }));
    },
  })),
];

const absences: Case[] = [
  {
    name: 'claim of a new event: claimed, and its first attempt is now',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = scene.delivery();
      await claimed(scene, mine, scene.terms({ takeOver: false, firstAttemptAfter: mine.now + 1000 }));
      scene.isOfStep((await scene.find())?.firstAttemptAt, mine);
    },
  },
  {
    name: 'claim of a new event outside of the window: refused, and nothing is written',
    async run(subject) {
      const scene = new Scene(subject);
      const answer = await scene.store.claim(scene.delivery({ insideWindow: false }), scene.terms());
      assertNothingFound(answer, 'exists');
      assert.equal(await scene.find(), undefined);
    },
  },
  ...open.map(({ title, record }) => ({
    name: `claim over ${title} outside of the window: claimed, since a live record decides`,
    async run(subject: StoreUnderTest) {
      const scene = new Scene(subject);
      await scene.given(record(subject));
      await claimed(scene, scene.delivery({ insideWindow: false }), scene.terms());
    },
  })),
];

const expirations: Case[] = openings
  .filter(({ title }) => title !== 'OUTCOME_UNKNOWN')
  .flatMap(({ title, record }) => [
    {
      name: `claim over an expired ${title} that is not deleted: refused until it was seen, then a new life`,
      needs: ({ keepsExpired }: StoreUnderTest) => keepsExpired,
      async run(subject: StoreUnderTest) {
        const scene = new Scene(subject);
        const { expiration } = await scene.given({
          ...record(subject),
          ...expired(subject),
          fingerprint: 'of another life',
          lastError: 'of another life',
        });
        await refused(scene, scene.delivery({ fingerprint: 'of another life' }));
        const mine = scene.delivery();
        await claimed(scene, mine, scene.terms({ expectedExpiration: expiration }));
        await scene.shows({ attempts: 0, lastError: undefined, firstAttemptAt: mine.now });
      },
    },
    {
      name: `claim over an expired ${title} outside of the window: refused, seen or not`,
      needs: ({ keepsExpired }: StoreUnderTest) => keepsExpired,
      async run(subject: StoreUnderTest) {
        const scene = new Scene(subject);
        const { expiration } = await scene.given({ ...record(subject), ...expired(subject) });
        await refused(scene, scene.delivery({ insideWindow: false }));
        await refused(scene, scene.delivery({ insideWindow: false }), { expectedExpiration: expiration });
      },
    },
  ]);

const sightings: Case[] = [
  {
    name: 'claim over an expiration that never existed: refused',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({});
      await refused(scene, scene.delivery(), { expectedExpiration: 17 });
    },
  },
  {
    name: 'claim over another expired record than the one that was read: refused',
    needs: ({ keepsExpired }) => keepsExpired,
    async run(subject) {
      const scene = new Scene(subject);
      const { expiration = 0 } = await scene.given(expired(subject));
      await refused(scene, scene.delivery(), { expectedExpiration: expiration - 1 });
    },
  },
  {
    name: 'claim over the expiration of a live record: refused',
    async run(subject) {
      const scene = new Scene(subject);
      const { expiration } = await scene.given({ status: 'COMPLETED' });
      await refused(scene, scene.delivery(), { expectedExpiration: expiration });
    },
  },
  {
    name: 'claim over the expiration of a deleted record: refused, and the answer has no record',
    async run(subject) {
      const scene = new Scene(subject);
      const answer = await scene.store.claim(scene.delivery(), scene.terms({ expectedExpiration: 17 }));
      assertNothingFound(answer, 'exists');
    },
  },
  {
    name: 'a lease ends with time',
    async run(subject) {
      const scene = await Scene.before(subject, 300, async (scene, leaseUntil) => {
        await scene.owner({}, { leaseUntil });
        await refused(scene, scene.delivery());
      });
      await scene.passes((await scene.find())?.leaseUntil);
      await claimed(scene, scene.delivery(), scene.terms());
    },
  },
  {
    name: 'a record expires with time, and the event is new again',
    async run(subject) {
      let expiration = 0;
      const scene = await Scene.before(subject, 1000, async (scene, end) => {
        const mine = await scene.owner({ expiration: Math.ceil(end / 1000) });
        assert.deepEqual(await scene.store.complete(mine, '1'), { kind: 'written' });
        await refused(scene, scene.delivery());
        expiration = (await scene.find())?.expiration ?? 0;
      });
      await scene.passes(expiration * 1000);
      const over = (await scene.find())?.expiration;
      await claimed(scene, scene.delivery(), scene.terms({ expectedExpiration: over }));
    },
  },
];

export const claimCases: readonly Case[] = [
  ...absences,
  ...rows,
  ...exclusions,
  ...expirations,
  ...sightings,
];
