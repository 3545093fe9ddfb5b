import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { recordAttributes as attribute, knownFormat } from '../../../contract/record/record-attributes.ts';
import { atWork, clock, fenced, leaseMs, plain, processOf } from './calls.ts';
import { durableCases } from './durable-cases.ts';
import {
  hashOf,
  inProgress,
  isFenced,
  isOfLaterFormat,
  type LayerCase,
  minute,
  otherPayload,
  Scene,
  seconds,
  validated,
} from './layer-scene.ts';

/** Every clause of the layer's conditions has a case that fails without it. */
export const layerCases: readonly LayerCase[] = [
  ...durableCases,
  {
    name: 'a call waits while the owner of its record runs, whatever its payload',
    async run(scene) {
      const owner = await atWork(scene.call(), scene.input());
      assert.equal(await scene.answer(), inProgress);
      assert.equal(await scene.answer('another'), otherPayload);
      owner.returns('first');
      assert.equal(await owner.answer, 'first');
      assert.equal(await scene.answer(), 'first');
      assert.equal(await scene.answer('another'), otherPayload);
    },
  },
  {
    name: 'a dead owner is replaced after its lease, and its first attempt is kept',
    async run(scene) {
      await atWork(scene.call({ remaining: leaseMs }), scene.input());
      const before = await scene.found();
      await scene.kind.leaseIsOver();
      assert.equal(await scene.answer(), 'ran');
      const after = await scene.found();
      assert.equal(after?.[attribute.firstAttemptAt], before?.[attribute.firstAttemptAt]);
      assert.equal(after?.[attribute.attempts], 2);
      assert.notEqual(after?.[attribute.attempt], before?.[attribute.attempt]);
    },
  },
  {
    name: 'a lease allows for clocks that differ by five seconds',
    async run(scene) {
      const before = clock.now();
      await atWork(scene.call({ remaining: minute }), scene.input());
      const over = Number((await scene.found())?.[attribute.inProgressExpiration]);
      assert.ok(over >= before + minute + 5000);
      assert.ok(over <= clock.now() + minute + 5000);
    },
  },
  {
    name: 'a dead owner of another payload is not replaced',
    async run(scene) {
      await atWork(scene.call({ remaining: leaseMs }), scene.input());
      await scene.kind.leaseIsOver();
      assert.equal(await scene.answer('another'), otherPayload);
      assert.equal(await scene.answer(), 'ran');
    },
  },
  {
    name: 'an expired record is replaced, whatever its status',
    async run(scene) {
      for (const status of ['COMPLETED', 'INPROGRESS']) {
        const old = {
          validation: hashOf('body'),
          attempt: 'old',
          attempts: 7,
          firstAttemptAt: 1,
          data: '"old"',
        };
        await scene.plant({ ...old, status, inProgressExpiration: 1, expiration: seconds() - 10 });
        assert.equal(await scene.answer(), 'ran');
        const record = await scene.found();
        assert.equal(record?.[attribute.attempts], 1);
        assert.ok(Number(record?.[attribute.firstAttemptAt]) > 1);
      }
    },
  },
  {
    name: 'a record of a later format makes its calls fail, and does not change',
    async run(scene) {
      const begun = {
        status: 'INPROGRESS',
        validation: hashOf('body'),
        attempt: 'dead',
        inProgressExpiration: 1,
      };
      const done = { status: 'COMPLETED', validation: hashOf('body'), attempt: 'dead', data: '"old"' };
      for (const left of [begun, done, { ...begun, expiration: seconds() - 10 }]) {
        await scene.plant({ ...left, format: knownFormat + 1 });
        const before = await scene.found();
        await assert.rejects(processOf(scene.call(), () => 'ran')(scene.input()), isOfLaterFormat);
        assert.deepEqual(await scene.found(), before);
      }
      await scene.plant({ ...begun, format: knownFormat });
      assert.equal(await scene.answer(), 'ran');
    },
  },
  {
    name: 'an owner whose record has got a later format neither completes, releases nor deletes it',
    async run(scene) {
      for (const afterError of ['delete', 'release'] as const) {
        for (const end of ['returns', 'throws'] as const) {
          await scene.remove();
          const kind = fenced({ afterError, output: () => {} });
          const owner = await atWork(scene.call({ kind }), scene.input());
          const attempt = (await scene.found())?.[attribute.attempt];
          await scene.plant({ status: 'INPROGRESS', attempt, format: knownFormat + 1 });
          const before = await scene.found();
          if (end === 'throws') owner.throws(new Error('failed'));
          else owner.returns('mine');
          await assert.rejects(owner.answer, end === 'throws' ? { message: 'failed' } : isOfLaterFormat);
          assert.deepEqual(await scene.found(), before);
        }
      }
    },
  },
  {
    name: 'a result of plain Powertools is returned, although its lease is over',
    async run(scene) {
      await scene.plant({
        status: 'COMPLETED',
        validation: hashOf('body'),
        inProgressExpiration: 1,
        data: { charged: 12.5, lines: [1, null, 'x'] },
      });
      assert.deepEqual(await scene.answer(), { charged: 12.5, lines: [1, null, 'x'] });
      assert.equal(await scene.answer('another'), otherPayload);
    },
  },
  {
    name: 'a result of plain Powertools without payload validation is returned',
    async run(scene) {
      for (const validation of [undefined, '']) {
        await scene.plant({ status: 'COMPLETED', data: 'text', validation });
        assert.equal(await scene.answer(), 'text');
      }
    },
  },
  {
    name: 'an unfinished record of plain Powertools is taken over after its lease and the clock skew, and never without a lease',
    async run(scene) {
      const begun = { status: 'INPROGRESS', validation: hashOf('body') };
      await scene.plant({ ...begun, inProgressExpiration: clock.now() - 1000 });
      assert.equal(await scene.answer(), inProgress);
      await scene.plant({ ...begun, inProgressExpiration: clock.now() - 6000 });
      assert.equal(await scene.answer('another'), otherPayload);
      assert.equal(await scene.answer(), 'ran');
      await scene.plant(begun);
      assert.equal(await scene.answer(), inProgress);
    },
  },
  {
    name: 'an unfinished record of plain Powertools without payload validation is taken over',
    async run(scene) {
      for (const validation of [undefined, '']) {
        await scene.plant({ status: 'INPROGRESS', inProgressExpiration: clock.now() - 6000, validation });
        assert.equal(await scene.answer(), 'ran');
      }
    },
  },
  {
    name: 'a running owner is not replaced, even if results expire before its lease ends',
    async run(scene) {
      const config = { ...validated, expiresAfterSeconds: 1 };
      const owner = await atWork(scene.call({ config }), scene.input());
      clock.passed += 2000;
      assert.equal(await scene.answer('body', { config }), inProgress);
      owner.returns('owner');
      assert.equal(await owner.answer, 'owner');
      clock.passed += 2000;
      assert.equal(await scene.answer('body', { config }), 'ran');
    },
  },
  {
    name: 'a text that a late owner of plain Powertools saved over a completed record is returned',
    async run(scene) {
      const config = { ...validated, hashFunction: 'sha256' };
      const late = await atWork(scene.call({ kind: plain, remaining: leaseMs, config }), scene.input());
      await scene.kind.leaseIsOver();
      assert.equal(await scene.answer(), 'ran');
      late.returns('late');
      assert.equal(await late.answer, 'late');
      assert.equal(await scene.answer(), 'late');
    },
  },
  {
    name: 'an undefined result of plain Powertools is returned as null, because Middy treats undefined as no answer',
    async run(scene) {
      await scene.plant({ status: 'COMPLETED', validation: hashOf('body') });
      assert.equal(await scene.answer(), null);
    },
  },
  {
    name: 'a replaced owner neither completes nor deletes, and an owner whose record was deleted is fenced',
    async run(scene) {
      const late = await atWork(scene.call({ remaining: leaseMs }), scene.input());
      await scene.kind.leaseIsOver();
      const owner = await atWork(scene.call(), scene.input());
      late.returns('late');
      await assert.rejects(late.answer, isFenced);
      assert.equal(await scene.answer(), inProgress);
      await scene.remove();
      owner.returns('owner');
      await assert.rejects(owner.answer, isFenced);
      assert.equal(await scene.found(), undefined);
    },
  },
  {
    name: 'a replaced owner that fails does not change the record',
    async run(scene) {
      const late = await atWork(scene.call({ remaining: leaseMs }), scene.input());
      await scene.kind.leaseIsOver();
      const owner = await atWork(scene.call(), scene.input());
      late.throws(new Error('too late'));
      await assert.rejects(late.answer, { message: 'too late' });
      assert.equal(await scene.answer(), inProgress);
      owner.returns('owner');
      assert.equal(await owner.answer, 'owner');
    },
  },
  {
    name: 'an owner whose record plain Powertools completed is fenced',
    async run(scene) {
      const owner = await atWork(scene.call(), scene.input());
      const record = await scene.found();
      await scene.plant({ status: 'COMPLETED', attempt: record?.[attribute.attempt], data: { by: 'plain' } });
      owner.returns('mine');
      await assert.rejects(owner.answer, isFenced);
      assert.deepEqual(await scene.answer(), { by: 'plain' });
    },
  },
  {
    name: 'a function that throws leaves no record, or with "release" one that only its own payload can use',
    async run(scene) {
      const act = (kind = scene.kind) =>
        processOf(scene.call({ kind }), () => {
          throw new Error('failed');
        })(scene.input());
      await assert.rejects(act(), { message: 'failed' });
      assert.equal(await scene.found(), undefined);
      await assert.rejects(act(fenced({ afterError: 'release' })), { message: 'failed' });
      assert.equal(await scene.answer('another'), otherPayload);
      assert.equal(await scene.answer(), 'ran');
      assert.equal((await scene.found())?.[attribute.attempts], 2);
    },
  },
  {
    name: 'plain Powertools returns a result of the layer as JSON text, and runs again after an expired record',
    async run(scene) {
      assert.equal(await scene.answer(), 'ran');
      const config = { ...validated, hashFunction: 'sha256' };
      assert.equal(await scene.answer('body', { kind: plain, config }), '"ran"');
      assert.equal(await scene.answer('another', { kind: plain, config }), otherPayload);
    },
  },
];

export async function failingLayerCases(client: DynamoDBClient, planting: DynamoDBClient): Promise<string[]> {
  const failures: string[] = [];
  for (const { name, run } of layerCases) {
    await run(new Scene(client, planting)).catch(() => failures.push(name));
  }
  return failures;
}

export async function runLayerCase({ run }: LayerCase, client: DynamoDBClient): Promise<void> {
  await run(new Scene(client, client));
}
