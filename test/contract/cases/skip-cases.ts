import assert from 'node:assert/strict';
import { recordStatuses } from '../../../contract/record-attributes.ts';
import { assertNothingFound, Scene } from '../scene.ts';
import type { Case } from '../subject.ts';

export const skipCases: readonly Case[] = [
  ...recordStatuses.flatMap((status): readonly Case[] => [
    {
      name: `block over ${status}: named, and nothing else of it changes`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given({ status, lastError: 'why' });
        const before = await scene.find();
        const blocked = { kind: 'blocked', skip: undefined };
        assert.deepEqual(await scene.store.block(scene.id, 'message-7'), blocked);
        assert.deepEqual(await scene.find(), { ...before, blocked: 'message-7' });
      },
    },
    {
      // A conflict: the record is another message's.
      name: `skip of a message that blocks over ${status} of another: written, and nothing else changes`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given({ status, lastError: 'why' });
        await scene.store.block(scene.id, 'message-7');
        const before = await scene.find();
        assert.deepEqual(await scene.store.skip(scene.id, 'message-7'), { kind: 'written' });
        assert.deepEqual(await scene.find(), { ...before, skip: 'message-7' });
        const blocked = { kind: 'blocked', skip: 'message-7' };
        assert.deepEqual(await scene.store.block(scene.id, 'message-7'), blocked);
      },
    },
    {
      name: `skip of the very message that the ${status} is of`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given({ status, messageId: 'message-7' });
        await scene.store.block(scene.id, 'message-7');
        const { kind } = await scene.store.skip(scene.id, 'message-7');
        const isSettled = status !== 'INPROGRESS' && status !== 'RETRYING';
        assert.equal(kind, isSettled ? 'fenced' : 'written');
        await scene.shows({ skip: isSettled ? undefined : 'message-7' });
      },
    },
  ]),
  {
    name: 'block and skip without a record: fenced, and nothing is written',
    async run(subject) {
      const scene = new Scene(subject);
      assertNothingFound(await scene.store.block(scene.id, 'message-7'), 'fenced');
      assertNothingFound(await scene.store.skip(scene.id, 'message-7'), 'fenced');
      assert.equal(await scene.find(), undefined);
    },
  },
  {
    name: "skip of a message that does not block: fenced, and the answer's record names the blocking one",
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING', messageId: 'message-7' });
      const { kind } = await scene.store.skip(scene.id, 'message-7');
      assert.equal(kind, 'fenced');
      await scene.store.block(scene.id, 'message-7');
      await scene.store.block(scene.id, 'message-8');
      const answer = await scene.store.skip(scene.id, 'message-7');
      assert.deepEqual(answer.kind === 'fenced' && answer.record?.blocked, 'message-8');
      assert.deepEqual(await scene.store.skip(scene.id, 'message-8'), { kind: 'written' });
      await scene.shows({ blocked: 'message-8', skip: 'message-8' });
    },
  },
  {
    name: 'a skip stays in the record, and does not change the attempts that follow it',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING' });
      await scene.store.block(scene.id, 'message-7');
      await scene.store.skip(scene.id, 'message-7');
      const mine = await scene.owner({ messageId: 'message-7' });
      await scene.store.release(mine, 'not now', { change: 1 });
      await scene.shows({ status: 'RETRYING', skip: 'message-7' });
      await scene.store.quarantine(scene.delivery({ messageId: 'message-7' }), 'why');
      await scene.shows({ status: 'QUARANTINED', messageId: 'message-7', skip: 'message-7' });
      const redriven = await scene.owner({ messageId: 'message-8' });
      assert.deepEqual(await scene.store.complete(redriven, '"done"'), { kind: 'written' });
    },
  },
];
