import assert from 'node:assert/strict';
import type { Delivery, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { assertNothingFound, expired, lease, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';

const body = `{"text":"${'ü'.repeat(100_000)}"}`;

interface Row {
  readonly title: string;
  readonly record: (subject: StoreUnderTest) => Partial<StoredRecord>;
  /** Owner token of the delivery that calls `holdUnknown`. @default - another one than that of the record */
  readonly ownerToken?: string;
  readonly held: boolean;
}

const owners: readonly Row[] = [
  {
    title: 'a record under its own lease',
    record: (s) => lease(s, 'live'),
    ownerToken: 'attempt-before',
    held: true,
  },
  { title: "a record under another delivery's ended lease", record: (s) => lease(s, 'over'), held: true },
  { title: "a record under another delivery's live lease", record: (s) => lease(s, 'live'), held: false },
  { title: 'an INPROGRESS record without a lease', record: () => ({ status: 'INPROGRESS' }), held: true },
  {
    title: 'an INPROGRESS record without an owner',
    record: (s) => ({ ...lease(s, 'over'), ownerToken: undefined }),
    ownerToken: 'mine',
    held: true,
  },
  { title: 'a RETRYING record', record: () => ({ status: 'RETRYING' }), held: true },
  { title: 'a QUARANTINED record', record: () => ({ status: 'QUARANTINED' }), held: true },
  {
    title: 'a RETRYING record without an expiration',
    record: () => ({ status: 'RETRYING', expiration: undefined }),
    held: true,
  },
  {
    title: "a record without an expiration under another delivery's ended lease",
    record: (s) => ({ ...lease(s, 'over'), expiration: undefined }),
    held: true,
  },
  { title: 'a COMPLETED record', record: () => ({ status: 'COMPLETED' }), held: false },
  {
    title: 'a record that is OUTCOME_UNKNOWN already',
    record: () => ({ status: 'OUTCOME_UNKNOWN', expiration: undefined, body: 'first' }),
    held: false,
  },
];

const rows: Case[] = owners.map(({ title, record, ownerToken = 'mine', held }) => ({
  name: `holdUnknown ${held ? 'marks' : 'does not mark'} ${title} as unknown`,
  async run(subject) {
    const scene = new Scene(subject);
    const given = await scene.given(record(subject));
    const mine = scene.delivery({ ownerToken, guarantee: 'at-most-once', insideWindow: false });
    const hold = () =>
      scene.store.holdUnknown(mine, { ownerToken: given.ownerToken, status: given.status }, { body }, 'lost');
    if (!held) {
      const answer = await scene.unchangedBy(hold);
      assert.equal(answer.kind, 'fenced');
      assert.equal(answer.record?.status, given.status);
      return;
    }
    assert.deepEqual(await hold(), { kind: 'written' });
    await scene.shows({
      status: 'OUTCOME_UNKNOWN',
      body,
      lastError: 'lost',
      ownerToken: given.ownerToken ?? 'mine',
      attempts: 3,
      firstAttemptAt: given.firstAttemptAt,
      guarantee: 'at-least-once',
      messageGroup: 'group-before',
      expiration: undefined,
      leaseUntil: undefined,
    });
  },
}));

/** What ends an unknown outcome, and the status that follows. */
const ends: readonly [end: (scene: Scene, mine: Delivery) => Promise<unknown>, status: string][] = [
  [({ store }, mine) => store.complete(mine, '1'), 'COMPLETED'],
  [({ store }, mine) => store.resolveDone(mine.id, mine.ownerToken, mine), 'COMPLETED'],
  [
    (scene, mine) => scene.store.claim(scene.delivery(), scene.terms({ resendToken: mine.ownerToken })),
    'INPROGRESS',
  ],
];

export const holdCases: readonly Case[] = [
  ...rows,
  ...(
    [
      ['whose owner changed since it was seen', { ownerToken: 'seen before', status: 'RETRYING' }, {}],
      ['whose status changed since it was seen', { ownerToken: 'attempt-before', status: 'INPROGRESS' }, {}],
      ['that had no owner when it was seen', { ownerToken: undefined, status: 'RETRYING' }, {}],
      ['of another event', { ownerToken: 'attempt-before', status: 'RETRYING' }, { fingerprint: 'other' }],
    ] as const
  ).map(
    ([title, seen, mine]): Case => ({
      name: `holdUnknown is refused by a record ${title}`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given({ status: 'RETRYING' });
        const answer = await scene.unchangedBy(() =>
          scene.store.holdUnknown(scene.delivery(mine), seen, { body }, 'lost'),
        );
        assert.equal(answer.kind, 'fenced');
      },
    }),
  ),
  {
    name: 'holdUnknown is refused by an expired record',
    needs: ({ keepsExpired }) => keepsExpired,
    async run(subject) {
      const scene = new Scene(subject);
      const { ownerToken, status } = await scene.given({ status: 'RETRYING', ...expired(subject) });
      const answer = await scene.unchangedBy(() =>
        scene.store.holdUnknown(scene.delivery(), { ownerToken, status }, { body }, 'lost'),
      );
      assert.equal(answer.kind, 'fenced');
    },
  },
  {
    name: 'holdUnknown of a deleted record is refused and writes nothing',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = scene.delivery();
      const answer = await scene.store.holdUnknown(mine, { ...mine, status: 'INPROGRESS' }, { body }, 'lost');
      assertNothingFound(answer, 'fenced');
      assert.equal(await scene.find(), undefined);
    },
  },
  {
    name: 'a slow owner completes a record that a later delivery marked as unknown',
    async run(subject) {
      const scene = new Scene(subject);
      const slow = await scene.lateOwner();
      const seen = { ownerToken: slow.ownerToken, status: 'INPROGRESS' } as const;
      const held = await scene.store.holdUnknown(scene.delivery(), seen, { body }, 'the lease ended');
      assert.deepEqual(held, { kind: 'written' });
      assert.deepEqual(await scene.store.complete(slow, '"sent"'), { kind: 'written' });
      await scene.shows({ status: 'COMPLETED', result: '"sent"', body: undefined });
    },
  },
  {
    name: 'holdUnknown stores a body of the maximum size, 380 KB',
    async run(subject) {
      const scene = new Scene(subject);
      const large = 'ü'.repeat(190 * 1024);
      const mine = await scene.owner({ messageGroup: 'g'.repeat(128), sequence: '€'.repeat(1000) });
      const seen = { ...mine, status: 'INPROGRESS' } as const;
      const held = await scene.store.holdUnknown(mine, seen, { body: large }, '€'.repeat(1000));
      assert.deepEqual(held, { kind: 'written' });
      await scene.shows({ body: large, messageAttributes: undefined, bodySha256: undefined });
    },
  },
  {
    name: 'holdUnknown stores the attributes of a message beside its body, until the outcome is resolved',
    async run(subject) {
      const messageAttributes = '{"tenant":{"type":"String","value":"acme"}}';
      for (const [end, status] of ends) {
        const scene = new Scene(subject);
        const mine = await scene.owner();
        const seen = { ...mine, status: 'INPROGRESS' } as const;
        const held = await scene.store.holdUnknown(mine, seen, { body, messageAttributes }, 'lost');
        assert.deepEqual(held, { kind: 'written' });
        await scene.shows({ status: 'OUTCOME_UNKNOWN', body, messageAttributes });
        await end(scene, mine);
        await scene.shows({ status: status as 'COMPLETED', body: undefined, messageAttributes: undefined });
      }
    },
  },
  {
    name: 'holdUnknown stores the SHA-256 of a body that is kept elsewhere, until the outcome is resolved',
    async run(subject) {
      for (const [end, status] of ends) {
        const scene = new Scene(subject);
        const mine = await scene.owner();
        const seen = { ...mine, status: 'INPROGRESS' } as const;
        const held = await scene.store.holdUnknown(mine, seen, { bodySha256: 'digest' }, 'lost');
        assert.deepEqual(held, { kind: 'written' });
        await scene.shows({ status: 'OUTCOME_UNKNOWN', body: undefined, bodySha256: 'digest' });
        await end(scene, mine);
        await scene.shows({ status: status as 'COMPLETED', bodySha256: undefined });
      }
    },
  },
  {
    name: 'an unknown outcome does not expire',
    async run(subject) {
      let expiration = 0;
      const scene = await Scene.before(subject, 1000, async (scene, end) => {
        const mine = await scene.owner({ expiration: Math.ceil(end / 1000) });
        expiration = (await scene.find())?.expiration ?? 0;
        const held = await scene.store.holdUnknown(mine, { ...mine, status: 'INPROGRESS' }, { body }, 'lost');
        assert.deepEqual(held, { kind: 'written' });
      });
      await scene.passes(expiration * 1000);
      await scene.shows({ status: 'OUTCOME_UNKNOWN', body });
    },
  },
];
