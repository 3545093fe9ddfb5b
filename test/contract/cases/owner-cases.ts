import assert from 'node:assert/strict';
import { recordStatuses } from '../../../contract/record/record-attributes.ts';
import type { Delivery, OwnerAnswer, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { assertNothingFound, lease, Scene } from '../scene.ts';
import type { Case } from '../subject.ts';

type Step = (scene: Scene, mine: Delivery) => Promise<OwnerAnswer>;

const steps: readonly {
  name: string;
  run: Step;
  accepts: readonly string[];
  leaves: Partial<StoredRecord>;
}[] = [
  {
    name: 'complete',
    run: (scene, mine) => scene.store.complete(mine, '"done"'),
    accepts: ['INPROGRESS', 'OUTCOME_UNKNOWN'],
    leaves: {
      status: 'COMPLETED',
      result: '"done"',
      leaseUntil: undefined,
      body: undefined,
      attemptState: undefined,
    },
  },
  {
    name: 'release',
    run: (scene, mine) => scene.store.release(mine, 'not now', { change: 0 }),
    accepts: ['INPROGRESS'],
    leaves: { status: 'RETRYING', lastError: 'not now', leaseUntil: undefined, attemptState: undefined },
  },
  {
    name: 'resolveDone',
    run: (scene, { ownerToken: attempt, now, expiration }) =>
      scene.store.resolveDone(scene.id, attempt, { now, expiration }),
    accepts: ['OUTCOME_UNKNOWN'],
    leaves: { status: 'COMPLETED', body: undefined },
  },
];

const rows: Case[] = steps.flatMap(({ name, run, accepts, leaves }) =>
  recordStatuses.flatMap((status) => {
    const record: Partial<StoredRecord> = {
      status,
      ownerToken: 'mine',
      ...(status === 'INPROGRESS' && { attemptState: 'STARTED' as const }),
      leaseUntil: status === 'INPROGRESS' ? 1 : undefined,
      ...(status === 'OUTCOME_UNKNOWN' && { expiration: undefined, body: '{}' }),
    };
    const fenced = async (scene: Scene, mine: Delivery) => {
      const answer = await scene.unchangedBy(() => run(scene, mine));
      assert.equal(answer.kind, 'fenced');
      assert.equal(answer.record?.status, status);
    };
    const isTaken = accepts.includes(status);
    const own: Case = {
      name: `${name} by the owner of a record that is ${status} is ${isTaken ? 'written' : 'refused'}`,
      async run(subject) {
        const scene = new Scene(subject);
        const { firstAttemptAt } = await scene.given(record);
        const mine = scene.delivery({ ownerToken: 'mine', insideWindow: false });
        if (!isTaken) return await fenced(scene, mine);
        assert.deepEqual(await run(scene, mine), { kind: 'written' });
        await scene.shows({ ...leaves, ownerToken: 'mine', attempts: 3, firstAttemptAt });
        await scene.expiresAsSaidBy(mine);
      },
    };
    const others: Case = {
      name: `${name} by another delivery is refused by a record that is ${status}`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given(record);
        await fenced(scene, scene.delivery({ ownerToken: 'another' }));
      },
    };
    return [own, others];
  }),
);

const conflicts: Case[] = steps
  .filter(({ name }) => name !== 'resolveDone')
  .map(({ name, run }) => ({
    name: `${name} is refused if the fingerprint differs`,
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ ...lease(subject, 'live'), ownerToken: 'mine' });
      const mine = scene.delivery({ ownerToken: 'mine', fingerprint: 'other' });
      assert.equal((await scene.unchangedBy(() => run(scene, mine))).kind, 'fenced');
    },
  }));

export const ownerCases: readonly Case[] = [
  ...rows,
  ...conflicts,
  {
    name: 'complete of a deleted record is refused and writes nothing',
    async run(subject) {
      const scene = new Scene(subject);
      assertNothingFound(await scene.store.complete(scene.delivery(), '1'), 'fenced');
      assert.equal(await scene.find(), undefined);
    },
  },
  {
    name: 'release of a deleted record succeeds and writes nothing',
    async run(subject) {
      const scene = new Scene(subject);
      assert.deepEqual(await scene.store.release(scene.delivery(), 'why', { change: 0 }), {
        kind: 'written',
      });
      assert.equal(await scene.find(), undefined);
    },
  },
  {
    name: 'release stores the start of a very long error',
    async run(subject) {
      const scene = new Scene(subject);
      const mine = await scene.owner();
      assert.equal(
        (await scene.store.release(mine, `first ${'x'.repeat(1_000_000)}\ud800`, { change: 0 })).kind,
        'written',
      );
      const { lastError = '' } = (await scene.find()) ?? {};
      assert.match(lastError, /^first x+…$/);
    },
  },
  {
    name: 'an owner whose lease was taken over can neither complete nor release the record, nor mark it as unknown',
    async run(subject) {
      const scene = new Scene(subject);
      const late = await scene.lateOwner();
      const owner = await scene.owner();
      for (const step of [
        () => scene.store.complete(late, '"late"'),
        () => scene.store.release(late, 'late', { change: 0 }),
        () =>
          scene.store.holdUnknown(
            late,
            { ownerToken: late.ownerToken, status: 'INPROGRESS' },
            { body: '{}' },
            'late',
          ),
      ]) {
        const answer = await scene.unchangedBy(step);
        assert.equal(answer.kind, 'fenced');
        assert.equal(answer.record?.ownerToken, owner.ownerToken);
      }
      assert.deepEqual(await scene.store.complete(owner, '"mine"'), { kind: 'written' });
      await scene.shows({ status: 'COMPLETED', result: '"mine"', ownerToken: owner.ownerToken });
    },
  },
];
