import assert from 'node:assert/strict';
import { attentionKey } from '../../../contract/record/attention.ts';
import type { Delivery } from '../../../runtime/ports/record-store.ts';
import { givenUp, lease, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';

/** One event, and its entry in the list of operators. */
class Listed extends Scene {
  async isListed(state: Parameters<typeof attentionKey>[1], mine: Delivery, code?: string): Promise<void> {
    const record = await this.find();
    assert.equal(record?.attention, attentionKey('test', state, this.id));
    assert.equal(record?.attentionCode, code);
    this.isOfStep(record?.attentionAt, mine);
    if (state !== 'RETRYING') return assert.equal(record?.nextTryAt, undefined);
    this.isOfStep((record?.nextTryAt ?? Number.NaN) - (mine.nextTryAt - mine.now), mine);
  }

  async isNotListed(): Promise<void> {
    await this.shows({
      attention: undefined,
      attentionAt: undefined,
      attentionCode: undefined,
      nextTryAt: undefined,
    });
  }

  /** A record that waits for its second try. */
  async listed(): Promise<Delivery> {
    const mine = await this.owner();
    await this.store.release(mine, 'why', { change: 1, state: 'FAILED' });
    await this.isListed('RETRYING', mine);
    return mine;
  }
}

const inList = (name: string, run: (scene: Listed) => Promise<void>, needs?: Case['needs']): Case => ({
  name,
  ...(needs && { needs }),
  run: (subject) => run(new Listed(subject)),
});

const commitsEffects = ({ effects }: StoreUnderTest) => effects !== undefined;

export const attentionCases: readonly Case[] = [
  inList('an event that succeeds at its first delivery is never listed for operators', async (scene) => {
    const mine = await scene.owner();
    await scene.isNotListed();
    await scene.store.complete(mine, 'null');
    await scene.isNotListed();
  }),
  inList('a completion takes a waiting event off the list', async (scene) => {
    await scene.listed();
    const again = await scene.owner();
    await scene.store.complete(again, 'null');
    await scene.isNotListed();
  }),
  inList('a claim keeps the entry of a waiting event', async (scene) => {
    const before = await scene.listed();
    await scene.owner();
    await scene.isListed('RETRYING', before);
  }),
  inList('a claim that counts an attempt lists its event, because the process may end', async (scene) => {
    const mine = await scene.owner({}, { countsAttempt: true });
    await scene.isListed('RETRYING', mine);
  }),
  inList('a release that leaves nothing to do takes the record off the list', async (scene) => {
    const mine = await scene.owner({}, { countsAttempt: true });
    await scene.store.release(mine, 'read', { change: -1, wasCounted: true, isDone: true });
    await scene.isNotListed();
  }),
  inList('a release that keeps the lease leaves the list as it is', async (scene) => {
    const mine = await scene.owner();
    await scene.store.release(mine, 'why', { change: 0, keepsLease: true });
    await scene.isNotListed();
  }),
  inList('quarantine lists an event with its reason, and a retry removes the reason', async (scene) => {
    await scene.listed();
    const mine = scene.delivery();
    await scene.store.quarantine(mine, givenUp);
    await scene.isListed('QUARANTINED', mine, 'PERMANENT');
    const redriven = await scene.owner({ messageId: 'message-3' });
    await scene.isListed('QUARANTINED', mine, 'PERMANENT');
    await scene.store.release(redriven, 'why', { change: 1, state: 'FAILED' });
    await scene.isListed('RETRYING', redriven);
  }),
  inList('a claim that counts an attempt removes the reason of an earlier quarantine', async (scene) => {
    await scene.store.quarantine(scene.delivery(), givenUp);
    const redriven = await scene.owner({ messageId: 'message-3' }, { countsAttempt: true });
    await scene.isListed('RETRYING', redriven);
  }),
  inList('holdUnknown lists the outcome, and resolveDone takes it off the list', async (scene) => {
    const given = await scene.given(lease(scene.subject, 'over'));
    const mine = scene.delivery();
    const seen = { ownerToken: given.ownerToken, status: given.status };
    await scene.store.holdUnknown(mine, seen, { body: '{}' }, 'lost');
    await scene.isListed('OUTCOME_UNKNOWN', mine);
    const { now, expiration } = mine;
    await scene.store.resolveDone(scene.id, given.ownerToken ?? '', { now, expiration });
    await scene.isNotListed();
  }),
  inList(
    'a counted attempt lists an event, and a commit takes it off the list',
    async (scene) => {
      const { store } = scene.subject.effects ?? {};
      assert.ok(store);
      const mine = scene.delivery();
      await store.countAttempt(mine, { state: 'FAILED', lastError: 'why' });
      await scene.isListed('RETRYING', mine);
      await store.commit([{ delivery: scene.delivery() }], []);
      await scene.isNotListed();
    },
    commitsEffects,
  ),
  inList(
    'a counted attempt removes the reason of an earlier quarantine',
    async (scene) => {
      const { store } = scene.subject.effects ?? {};
      await scene.store.quarantine(scene.delivery(), givenUp);
      const redriven = scene.delivery({ messageId: 'message-3' });
      await store?.countAttempt(redriven, { state: 'STARTED' });
      await scene.isListed('RETRYING', redriven);
    },
    commitsEffects,
  ),
];
