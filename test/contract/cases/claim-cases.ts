import assert from 'node:assert/strict';
import type { ClaimTerms, Delivery, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { assertNothingFound, expired, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';
import { expiring, open, openings } from './openings.ts';

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
    return {
      name: `a claim that ${takesOver ? 'may' : 'may not'} take over ended leases ${accepts ? 'replaces' : 'is refused by'} ${title}`,
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

/** Cases of a claim that each of the `open` records refuses for one reason. */
function refusedOverEveryOpening(
  why: string,
  over: (subject: StoreUnderTest) => {
    mine?: Partial<Delivery>;
    record?: Partial<StoredRecord>;
    terms?: Partial<ClaimTerms>;
  },
): Case[] {
  return open.map(({ title, record }) => ({
    name: `a claim is refused by ${title} ${why}`,
    async run(subject) {
      const scene = new Scene(subject);
      const { mine = {}, terms = {}, ...rest } = over(subject);
      await scene.given({ ...record(subject), ...rest.record });
      await refused(scene, scene.delivery(mine), terms);
    },
  }));
}

const exclusions: Case[] = [
  ...refusedOverEveryOpening('if the fingerprint differs', () => ({ mine: { fingerprint: 'other' } })),
  ...refusedOverEveryOpening('if the guarantee differs', () => ({ mine: { guarantee: 'at-most-once' } })),
  ...refusedOverEveryOpening('if the record has no guarantee', () => ({
    record: { guarantee: undefined },
  })),
  ...refusedOverEveryOpening('if the record has no expiration', () => ({
    record: { expiration: undefined },
  })),
  ...refusedOverEveryOpening(
    'if the provider may have forgotten the key of the first attempt',
    (subject) => ({
      terms: { firstAttemptAfter: subject.now() - 4000 },
    }),
  ),
  ...refusedOverEveryOpening('if the record has no first attempt', (subject) => ({
    record: { firstAttemptAt: undefined },
    terms: { firstAttemptAfter: subject.now() - 10_000 },
  })),
  {
    name: 'a claim replaces a record without a first attempt if the provider never forgets keys',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ firstAttemptAt: undefined });
      const terms = scene.terms({ firstAttemptAfter: Number.NEGATIVE_INFINITY });
      await claimed(scene, scene.delivery(), terms);
    },
  },
  ...open.map(({ title, record }) => ({
    name: `a claim replaces ${title} if the provider remembers the key of the first attempt`,
    async run(subject: StoreUnderTest) {
      const scene = new Scene(subject);
      await scene.given(record(subject));
      await claimed(scene, scene.delivery(), scene.terms({ firstAttemptAfter: subject.now() - 3_600_000 }));
    },
  })),
];

const absences: Case[] = [
  {
    name: 'a claim of a new event creates its record, whose first attempt is now',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = scene.delivery();
      await claimed(scene, mine, scene.terms({ takeOver: false, firstAttemptAfter: mine.now + 1000 }));
      scene.isOfStep((await scene.find())?.firstAttemptAt, mine);
    },
  },
  {
    name: 'a claim of a new event outside of the window is refused and writes nothing',
    async run(subject) {
      const scene = new Scene(subject);
      const answer = await scene.store.claim(scene.delivery({ insideWindow: false }), scene.terms());
      assertNothingFound(answer, 'exists');
      assert.equal(await scene.find(), undefined);
    },
  },
  ...open.map(({ title, record }) => ({
    name: `a claim outside of the window replaces ${title}, because a live record decides`,
    async run(subject: StoreUnderTest) {
      const scene = new Scene(subject);
      await scene.given(record(subject));
      await claimed(scene, scene.delivery({ insideWindow: false }), scene.terms());
    },
  })),
];

const expirations: Case[] = expiring.flatMap(({ title, record }) => [
  {
    name: `a claim replaces ${title} after its expiration only if it names that expiration, and starts a new record`,
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
    name: `a claim outside of the window is refused by ${title} after its expiration, even if it names that expiration`,
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
    name: 'a claim is refused if it names an expiration that the record never had',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({});
      await refused(scene, scene.delivery(), { expectedExpiration: 17 });
    },
  },
  {
    name: 'a claim is refused if it names the expiration of another expired record',
    needs: ({ keepsExpired }) => keepsExpired,
    async run(subject) {
      const scene = new Scene(subject);
      const { expiration = 0 } = await scene.given(expired(subject));
      await refused(scene, scene.delivery(), { expectedExpiration: expiration - 1 });
    },
  },
  {
    name: 'a claim is refused if it names the expiration of a live record',
    async run(subject) {
      const scene = new Scene(subject);
      const { expiration } = await scene.given({ status: 'COMPLETED' });
      await refused(scene, scene.delivery(), { expectedExpiration: expiration });
    },
  },
  {
    name: 'a claim is refused if it names the expiration of a deleted record, and the answer has no record',
    async run(subject) {
      const scene = new Scene(subject);
      const answer = await scene.store.claim(scene.delivery(), scene.terms({ expectedExpiration: 17 }));
      assertNothingFound(answer, 'exists');
    },
  },
  {
    name: 'a claim is refused until the lease of the record ends, and then replaces it',
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
    name: 'a completed record expires, and then the event is new again',
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
