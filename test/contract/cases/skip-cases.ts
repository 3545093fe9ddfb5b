import assert from 'node:assert/strict';
import { recordStatuses } from '../../../contract/tables.ts';
import { assertNothingFound, Scene } from '../scene.ts';
import type { Case } from '../subject.ts';

export const skipCases: readonly Case[] = [
  ...recordStatuses.map(
    (status): Case => ({
      name: `skip of ${status}: written, and nothing else of it changes`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given({ status, lastError: 'why' });
        const before = await scene.find();
        assert.deepEqual(await scene.store.skip(scene.id, 'message-7'), { kind: 'written' });
        assert.deepEqual(await scene.find(), { ...before, skip: 'message-7' });
      },
    }),
  ),
  {
    name: 'skip of a record that is not there: fenced, and nothing is written',
    async run(subject) {
      const scene = new Scene(subject);
      assertNothingFound(await scene.store.skip(scene.id, 'message-7'), 'fenced');
      assert.equal(await scene.find(), undefined);
    },
  },
  {
    name: 'skip again: the last one counts',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING' });
      await scene.store.skip(scene.id, 'message-7');
      assert.deepEqual(await scene.store.skip(scene.id, 'message-8'), { kind: 'written' });
      await scene.shows({ skip: 'message-8' });
    },
  },
  {
    name: 'a skip stays through the attempts that follow it, and is in no way of them',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING' });
      await scene.store.skip(scene.id, 'message-7');
      const mine = await scene.owner({ messageId: 'message-7' });
      await scene.store.release(mine, 'not now', 1);
      await scene.shows({ status: 'RETRYING', skip: 'message-7' });
      await scene.store.quarantine(scene.delivery({ messageId: 'message-7' }), 'why');
      await scene.shows({ status: 'QUARANTINED', messageId: 'message-7', skip: 'message-7' });
      const redriven = await scene.owner({ messageId: 'message-8' });
      assert.deepEqual(await scene.store.complete(redriven, '"done"'), { kind: 'written' });
    },
  },
];
