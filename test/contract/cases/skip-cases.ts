import assert from 'node:assert/strict';
import { type RecordStatus, recordStatuses } from '../../../contract/record/record-attributes.ts';
import { assertNothingFound, givenUp, Scene } from '../scene.ts';
import type { Case } from '../subject.ts';

const isSettled = (status: RecordStatus) => status !== 'INPROGRESS' && status !== 'RETRYING';

export const skipCases: readonly Case[] = [
  ...recordStatuses.flatMap((status): readonly Case[] => [
    {
      name: `block writes the message id into a record that is ${status}, and changes nothing else`,
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
      // For example, a conflict: the record belongs to other content.
      name: `skip of a message that blocks over another message's record is written if that record is ${status}, and changes nothing else`,
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
      name: `skip of the message of a record that is ${status} is ${isSettled(status) ? 'refused' : 'written'}`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given({ status, messageId: 'message-7' });
        await scene.store.block(scene.id, 'message-7');
        const { kind } = await scene.store.skip(scene.id, 'message-7');
        assert.equal(kind, isSettled(status) ? 'fenced' : 'written');
        await scene.shows({ skip: isSettled(status) ? undefined : 'message-7' });
      },
    },
  ]),
  {
    name: 'block and skip without a record are refused and write nothing',
    async run(subject) {
      const scene = new Scene(subject);
      assertNothingFound(await scene.store.block(scene.id, 'message-7'), 'fenced');
      assertNothingFound(await scene.store.skip(scene.id, 'message-7'), 'fenced');
      assert.equal(await scene.find(), undefined);
    },
  },
  {
    name: 'skip of a message that does not block is refused, and the answer names the blocking message',
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
    name: 'a skip stays in the record and does not affect later attempts',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ status: 'RETRYING' });
      await scene.store.block(scene.id, 'message-7');
      await scene.store.skip(scene.id, 'message-7');
      const mine = await scene.owner({ messageId: 'message-7' });
      await scene.store.release(mine, 'not now', { change: 1 });
      await scene.shows({ status: 'RETRYING', skip: 'message-7' });
      await scene.store.quarantine(scene.delivery({ messageId: 'message-7' }), givenUp);
      await scene.shows({ status: 'QUARANTINED', messageId: 'message-7', skip: 'message-7' });
      const redriven = await scene.owner({ messageId: 'message-8' });
      assert.deepEqual(await scene.store.complete(redriven, '"done"'), { kind: 'written' });
    },
  },
];
