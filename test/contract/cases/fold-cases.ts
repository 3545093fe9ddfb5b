import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { put, putIfNewer } from '../../../runtime/handler/effects/index.ts';
import type { Commit } from '../../../runtime/ports/record-store.ts';
import { expired } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';
import { Committing, commitCase } from './commit-cases.ts';

/** Several events that are committed together. Each has one effect. */
class Folding {
  readonly #subject: StoreUnderTest;
  readonly scenes: readonly Committing[];
  constructor(subject: StoreUnderTest, events: number) {
    this.#subject = subject;
    this.scenes = Array.from({ length: events }, () => new Committing(subject));
  }
  get store() {
    assert.ok(this.#subject.effects);
    return this.#subject.effects.store;
  }
  get #effects() {
    return this.scenes.map((scene) => scene.one());
  }
  commits(over: readonly Partial<Commit>[] = []): Commit[] {
    return this.scenes.map((scene, index) => ({ delivery: scene.delivery(), ...over[index] }));
  }
  commit(commits = this.commits(), effects = this.#effects) {
    return this.store.commit(commits, effects);
  }
  async applied(): Promise<unknown[]> {
    return await Promise.all(this.scenes.map((scene) => scene.applied()));
  }
  async shows(...statuses: (string | undefined)[]): Promise<void> {
    const records = await Promise.all(this.scenes.map((scene) => scene.find()));
    assert.deepEqual(
      records.map((record) => record?.status),
      statuses,
    );
  }
}

function foldCase(
  name: string,
  events: number,
  run: (folding: Folding, scenes: readonly Committing[], subject: StoreUnderTest) => Promise<void>,
): Case {
  return commitCase(name, async (_, subject) => {
    const folding = new Folding(subject, events);
    await run(folding, folding.scenes, subject);
  });
}

export const foldCases: readonly Case[] = [
  foldCase(
    'commit of several events writes the record, the effect and the result of each',
    3,
    async (folding, scenes) => {
      const commits = folding.commits([{ result: '1' }, {}, { result: '3' }]);
      assert.deepEqual(await folding.commit(commits), { kind: 'committed' });
      for (const [index, scene] of scenes.entries()) {
        const { ownerToken: attempt } = commits[index]?.delivery ?? {};
        await scene.shows({ status: 'COMPLETED', ownerToken: attempt, result: commits[index]?.result });
      }
      assert.deepEqual(await folding.applied(), [1, 1, 1]);
    },
  ),
  foldCase('commit of several events replaces records that wait for a retry', 2, async (folding, [first]) => {
    await first?.given({ status: 'RETRYING' });
    assert.deepEqual(await folding.commit(), { kind: 'committed' });
    await first?.shows({ status: 'COMPLETED', attempts: 3 });
  }),
  foldCase(
    'commit of several events is refused by two records, returns both and writes nothing',
    4,
    async (folding, scenes) => {
      await scenes[1]?.given({ status: 'COMPLETED', result: '"first"' });
      await scenes[3]?.given({ status: 'OUTCOME_UNKNOWN', expiration: undefined });
      const answer = await folding.commit();
      assert.equal(answer.kind, 'exists');
      assert.deepEqual(
        answer.found.map((refusal) => refusal?.record?.status),
        [undefined, 'COMPLETED', undefined, 'OUTCOME_UNKNOWN'],
      );
      assert.equal(answer.found[0], undefined);
      assert.equal(answer.found[1]?.record?.result, '"first"');
      await folding.shows(undefined, 'COMPLETED', undefined, 'OUTCOME_UNKNOWN');
      assert.deepEqual(await folding.applied(), [undefined, undefined, undefined, undefined]);
    },
  ),
  foldCase(
    'commit of several events is refused if one is new and outside of the window, and the answer shows that it has no record',
    2,
    async (folding, [first, last]) => {
      assert.ok(first && last);
      const commits = [{ delivery: first.delivery() }, { delivery: last.delivery({ insideWindow: false }) }];
      assert.deepEqual(await folding.commit(commits), {
        kind: 'exists',
        found: [undefined, { record: undefined }],
      });
      await folding.shows(undefined, undefined);
    },
  ),
  foldCase(
    'commit of several events replaces an expired record of one of them by a new record',
    2,
    async (folding, [first, last], subject) => {
      if (!subject.keepsExpired || first === undefined || last === undefined) return;
      const { expiration } = await last.given({ status: 'COMPLETED', ...expired(subject) });
      const over = [{}, { expectedExpiration: expiration }];
      assert.deepEqual(await folding.commit(folding.commits(over)), { kind: 'committed' });
      await folding.shows('COMPLETED', 'COMPLETED');
      await last.shows({ attempts: undefined });
    },
  ),
  foldCase(
    'commit of several events with a stale effect returns the index of the effect',
    2,
    async (folding, [first]) => {
      assert.ok(first);
      const { items } = first.effects;
      const key = { [items.key]: `item-${randomUUID()}` };
      const version = { version: 'sequence' };
      await folding.store.commit(
        [{ delivery: new Committing(first.subject).delivery() }],
        [putIfNewer(items.table, { ...key, sequence: '5' }, version)],
      );
      const effects = [first.one(), putIfNewer(items.table, { ...key, sequence: '4' }, version)];
      assert.deepEqual(await folding.commit(folding.commits(), effects), {
        kind: 'stale',
        effects: [{ index: 1, held: '5' }],
      });
      await folding.shows(undefined, undefined);
    },
  ),
  foldCase(
    'commit of several events with an invalid effect is refused and writes nothing',
    2,
    async (folding, [first]) => {
      assert.ok(first);
      const { items } = first.effects;
      const bad = put(items.table, { [items.key]: 'x', total: Number.NaN });
      assert.equal((await folding.commit(folding.commits(), [first.one(), bad])).kind, 'refused');
      await folding.shows(undefined, undefined);
      assert.deepEqual(await folding.applied(), [undefined, undefined]);
    },
  ),
  foldCase(
    'commit of more events and effects than fit into one transaction is refused',
    10,
    async (folding, [first]) => {
      assert.ok(first);
      const { items } = first.effects;
      const effects = Array.from({ length: 91 }, (_, n) => put(items.table, { [items.key]: `many-${n}` }));
      assert.equal((await folding.commit(folding.commits(), effects)).kind, 'refused');
      assert.deepEqual(await folding.commit(folding.commits(), effects.slice(1)), { kind: 'committed' });
    },
  ),
  foldCase('one of 20 simultaneous commits of the same events succeeds', 3, async (folding) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => folding.commit()));
    const committed = answers.filter(({ kind }) => kind === 'committed').length;
    // Simultaneous transactions may all be refused. Then the next one succeeds.
    if (committed === 0) assert.equal((await folding.commit()).kind, 'committed');
    else assert.equal(committed, 1);
    assert.deepEqual(await folding.applied(), [1, 1, 1]);
  }),
];
