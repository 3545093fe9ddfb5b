import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { expired, givenUp, Scene } from '../scene.ts';
import type { Case } from '../subject.ts';
import { commitCase } from './commit-cases.ts';
import { open } from './openings.ts';

/** A record with a fingerprint of an earlier algorithm, and a delivery that has calculated this fingerprint too. */
const before = { fingerprint: 'earlier' } as const;
const mine = { fingerprint: 'print', earlierFingerprint: 'earlier' } as const;

/** A step that replaces such a record writes the fingerprint of the current algorithm. */
export const earlierCases: readonly Case[] = [
  ...open.flatMap(({ title, record }): readonly Case[] => [
    {
      name: `a claim replaces ${title} if its fingerprint is an earlier one of the event, and writes the new one`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given({ ...record(subject), ...before });
        const claim = await scene.store.claim(scene.delivery(mine), scene.terms());
        assert.equal(claim.kind, 'claimed');
        await scene.shows({ status: 'INPROGRESS', fingerprint: 'print' });
      },
    },
    {
      name: `a claim is refused by ${title} if its fingerprint is an earlier one of another event`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given({ ...record(subject), ...before });
        for (const earlier of [undefined, 'other']) {
          const claim = () =>
            scene.store.claim(scene.delivery({ ...mine, earlierFingerprint: earlier }), scene.terms());
          assert.equal((await scene.unchangedBy(claim)).kind, 'exists');
        }
      },
    },
  ]),
  {
    name: 'an owner that has claimed over an earlier fingerprint completes its record',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING', ...before });
      const owner = await scene.owner(mine);
      assert.deepEqual(await scene.store.complete(owner, '{}'), { kind: 'written' });
      await scene.shows({ status: 'COMPLETED', fingerprint: 'print' });
    },
  },
  {
    name: 'an owner that has claimed over an earlier fingerprint releases its record',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING', ...before });
      const owner = await scene.owner(mine);
      assert.deepEqual(await scene.store.release(owner, 'failed', { change: 1 }), { kind: 'written' });
      await scene.shows({ status: 'RETRYING', fingerprint: 'print', attempts: 4 });
    },
  },
  {
    name: 'holdUnknown marks the record of a dead owner with an earlier fingerprint as unknown',
    async run(subject) {
      const scene = new Scene(subject);
      const { ownerToken } = await scene.given({
        status: 'INPROGRESS',
        leaseUntil: subject.now() - 1000,
        ...before,
      });
      const seen = { ownerToken, status: 'INPROGRESS' } as const;
      const hold = (over: object) =>
        scene.store.holdUnknown(scene.delivery({ ...mine, ...over }), seen, { body: '{}' }, 'dead');
      assert.equal((await scene.unchangedBy(() => hold({ earlierFingerprint: 'other' }))).kind, 'fenced');
      assert.deepEqual(await hold({}), { kind: 'written' });
      await scene.shows({ status: 'OUTCOME_UNKNOWN', ownerToken });
    },
  },
  {
    name: 'a claim with a resend token replaces its unknown outcome with an earlier fingerprint',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({
        status: 'OUTCOME_UNKNOWN',
        expiration: undefined,
        ownerToken: 'unknown',
        ...before,
      });
      const claim = await scene.store.claim(scene.delivery(mine), scene.terms({ resendToken: 'unknown' }));
      assert.equal(claim.kind, 'claimed');
      await scene.shows({ status: 'INPROGRESS', fingerprint: 'print' });
    },
  },
  {
    name: 'quarantine replaces a record with an earlier fingerprint, and writes the new one',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING', ...before });
      assert.deepEqual(await scene.store.quarantine(scene.delivery(mine), givenUp), { kind: 'quarantined' });
      await scene.shows({ status: 'QUARANTINED', fingerprint: 'print' });
    },
  },
  {
    name: 'an expired record of any fingerprint is replaced by one with the new fingerprint',
    needs: ({ keepsExpired }) => keepsExpired,
    async run(subject) {
      const scene = new Scene(subject);
      const { expiration } = await scene.given({ status: 'COMPLETED', ...before, ...expired(subject) });
      const claim = await scene.store.claim(
        scene.delivery(),
        scene.terms({ expectedExpiration: expiration }),
      );
      assert.equal(claim.kind, 'claimed');
      await scene.shows({ fingerprint: 'print' });
    },
  },
  commitCase(
    'commit replaces a record with an earlier fingerprint, and writes the new one',
    async (scene) => {
      await scene.given({ status: 'RETRYING', ...before });
      await scene.refused(scene.delivery({ ...mine, earlierFingerprint: 'other' }));
      await scene.committed(scene.delivery(mine));
    },
  ),
  commitCase(
    'countAttempt counts over a record with an earlier fingerprint, and writes the new one',
    async (scene) => {
      await scene.given({ status: 'RETRYING', ...before });
      const delivery = scene.delivery({ ...mine, ownerToken: randomUUID() });
      assert.equal((await scene.effects.store.countAttempt(delivery, { state: 'STARTED' })).kind, 'counted');
      await scene.shows({ status: 'RETRYING', attempts: 4, fingerprint: 'print' });
      await scene.committed(delivery);
    },
  ),
];
