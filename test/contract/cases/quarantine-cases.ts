import assert from 'node:assert/strict';
import type { Delivery } from '../../../runtime/ports/record-store.ts';
import { assertNothingFound, expired, givenUp, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';
import { openings } from './openings.ts';

/** One event whose copy is in the dead-letter queue. */
class Given extends Scene {
  async quarantined(mine: Delivery, over?: number): Promise<void> {
    assert.deepEqual(await this.store.quarantine(mine, givenUp, over), { kind: 'quarantined' });
    const { ownerToken: attempt, fingerprint, messageId, messageGroup, guarantee } = mine;
    await this.shows({ ownerToken: attempt, fingerprint, messageId, messageGroup, guarantee });
    await this.shows({ status: 'QUARANTINED', attempts: 0, lastError: 'why' });
    await this.expiresAsSaidBy(mine);
  }
  async refused(mine: Delivery, over?: number): Promise<void> {
    const answer = await this.unchangedBy(() => this.store.quarantine(mine, givenUp, over));
    assert.equal(answer.kind, 'exists');
    assert.ok(answer.record, 'it shows the record');
  }
}

function givenCase(name: string, run: (scene: Given, subject: StoreUnderTest) => Promise<void>): Case {
  return { name, run: (subject) => run(new Given(subject), subject) };
}

const rows = openings.flatMap(({ title, record, mine, commit }) => [
  givenCase(`quarantine ${commit ? 'replaces' : 'is refused by'} ${title}`, async (scene, subject) => {
    const { firstAttemptAt } = await scene.given(record(subject));
    if (!commit) return await scene.refused(scene.delivery(mine));
    await scene.quarantined(scene.delivery({ ...mine, insideWindow: false }));
    await scene.shows({ firstAttemptAt });
  }),
  ...(commit
    ? [
        givenCase(
          `quarantine is refused by ${title} if fingerprint or guarantee differ`,
          async (scene, subject) => {
            await scene.given(record(subject));
            await scene.refused(scene.delivery({ fingerprint: 'other' }));
            await scene.refused(scene.delivery({ guarantee: 'exactly-once' }));
          },
        ),
        givenCase(
          `quarantine is refused by ${title} if the record has no expiration`,
          async (scene, subject) => {
            await scene.given({ ...record(subject), expiration: undefined });
            await scene.refused(scene.delivery());
          },
        ),
      ]
    : []),
]);

export const quarantineCases: readonly Case[] = [
  givenCase('quarantine of a new event creates its record', async (scene) => {
    await scene.quarantined(scene.delivery());
  }),
  givenCase(
    'quarantine of a new event outside of the window is refused and writes nothing',
    async (scene) => {
      const outside = scene.delivery({ insideWindow: false });
      assertNothingFound(await scene.store.quarantine(outside, givenUp), 'exists');
      assert.equal(await scene.find(), undefined);
    },
  ),
  givenCase(
    'quarantine is refused if it names the expiration of a deleted record, and the answer has no record',
    async (scene) => {
      assertNothingFound(await scene.store.quarantine(scene.delivery(), givenUp, 17), 'exists');
    },
  ),
  givenCase('quarantine is refused if it names the expiration of a live record', async (scene) => {
    const { expiration } = await scene.given({ status: 'RETRYING' });
    await scene.refused(scene.delivery(), expiration);
  }),
  ...rows,
  {
    ...givenCase(
      'quarantine replaces an expired record only if it names its expiration, and starts a new record',
      async (scene, subject) => {
        const { expiration } = await scene.given({ status: 'COMPLETED', ...expired(subject) });
        await scene.refused(scene.delivery());
        const mine = scene.delivery({ fingerprint: 'new' });
        await scene.quarantined(mine, expiration);
        await scene.shows({ firstAttemptAt: mine.now });
      },
    ),
    needs: ({ keepsExpired }) => keepsExpired,
  },
  givenCase(
    'a second quarantine of the same message is refused, and the answer names the message',
    async (scene) => {
      const mine = scene.delivery();
      await scene.quarantined(mine);
      const again = await scene.unchangedBy(() => scene.store.quarantine(scene.delivery(), givenUp));
      assert.equal(again.kind, 'exists');
      assert.equal(again.record?.messageId, mine.messageId);
    },
  ),
  givenCase('a redrive claims a quarantined record, and its attempts start from zero', async (scene) => {
    await scene.quarantined(scene.delivery());
    assert.equal((await scene.store.claim(scene.delivery(), scene.terms())).kind, 'exists');
    const redriven = await scene.owner({ messageId: 'redriven' });
    await scene.store.release(redriven, 'why', { change: 1 });
    await scene.shows({ status: 'RETRYING', attempts: 1 });
  }),
];
