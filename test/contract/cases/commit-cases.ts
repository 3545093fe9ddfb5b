import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  type Effect,
  type EffectWrite,
  increment,
  put,
  raw,
  remove,
} from '../../../runtime/handler/effects/index.ts';
import type { CommitAnswer, Delivery, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { losingAnswers } from '../losing-answers.ts';
import { expired, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';
import { expiring, openings } from './openings.ts';

type WithEffects = NonNullable<StoreUnderTest['effects']>;

const needs = ({ effects }: StoreUnderTest) => effects !== undefined;
const needsExpired = (subject: StoreUnderTest) => needs(subject) && subject.keepsExpired;

/** One event whose effect adds 1 to its own sum, which counts how often it was applied. */
export class Committing extends Scene {
  readonly account = `account-${randomUUID()}`;
  readonly effects: WithEffects;
  constructor(subject: StoreUnderTest) {
    super(subject);
    assert.ok(subject.effects);
    this.effects = subject.effects;
  }
  override delivery(over: Partial<Delivery> = {}): Delivery {
    return super.delivery({ guarantee: 'exactly-once', ...over });
  }
  override given(over: Partial<StoredRecord>): Promise<StoredRecord> {
    return super.given({ guarantee: 'exactly-once', ...over });
  }
  one(): Effect {
    const { table, key } = this.effects.sums;
    return increment(table, { [key]: this.account }, { applied: 1 });
  }
  async commit(mine: Delivery, over?: number): Promise<CommitAnswer> {
    return await this.effects.store.commit([{ delivery: mine, expectedExpiration: over }], [this.one()]);
  }
  async applied(): Promise<unknown> {
    const { table, key } = this.effects.sums;
    return (await this.effects.read(table, { [key]: this.account }))?.applied;
  }
  async refused(mine: Delivery, over?: number): Promise<void> {
    const before = await this.find();
    const answer = await this.unchangedBy(() => this.commit(mine, over));
    assert.equal(answer.kind, 'exists');
    const [refusal] = answer.found;
    assert.equal(refusal?.record?.status, before?.status);
    assert.equal(refusal?.record?.fingerprint, before?.fingerprint);
    assert.equal(await this.applied(), undefined);
  }
  async committed(mine: Delivery, over?: number): Promise<void> {
    assert.deepEqual(await this.commit(mine, over), { kind: 'committed' });
    const { ownerToken: attempt, fingerprint, messageId, messageGroup, expiration, guarantee } = mine;
    await this.shows({
      status: 'COMPLETED',
      ownerToken: attempt,
      fingerprint,
      messageId,
      messageGroup,
      expiration,
      guarantee,
    });
    assert.equal(await this.applied(), 1);
  }
}

function assertNoRecord(answer: CommitAnswer): void {
  assert.deepEqual(answer, { kind: 'exists', found: [{ record: undefined }] });
}

export function commitCase(
  name: string,
  run: (scene: Committing, subject: StoreUnderTest) => Promise<void>,
  when = needs,
): Case {
  return { name, needs: when, run: (subject) => run(new Committing(subject), subject) };
}

const rows = openings.flatMap(({ title, record, mine, commit }) => [
  commitCase(`commit ${commit ? 'replaces' : 'is refused by'} ${title}`, async (scene, subject) => {
    const { firstAttemptAt } = await scene.given({ lastError: 'why', ...record(subject) });
    if (!commit) return await scene.refused(scene.delivery(mine));
    await scene.committed(scene.delivery(mine));
    await scene.shows({ attempts: 3, firstAttemptAt, lastError: undefined });
  }),
]);

const open = openings
  .filter(({ commit }) => commit)
  .flatMap(({ title, record }) => [
    commitCase(`commit is refused by ${title} if the fingerprint differs`, async (scene, subject) => {
      await scene.given(record(subject));
      await scene.refused(scene.delivery({ fingerprint: 'other' }));
    }),
    commitCase(`commit is refused by ${title} if the guarantee differs`, async (scene, subject) => {
      await scene.given({ ...record(subject), guarantee: 'at-least-once' });
      await scene.refused(scene.delivery());
    }),
    commitCase(`commit is refused by ${title} if the record has no expiration`, async (scene, subject) => {
      await scene.given({ ...record(subject), expiration: undefined });
      await scene.refused(scene.delivery());
    }),
    commitCase(
      `commit outside of the window replaces ${title}, because a live record decides`,
      async (scene, subject) => {
        await scene.given(record(subject));
        await scene.committed(scene.delivery({ insideWindow: false }));
      },
    ),
  ]);

const expirations = expiring.map(({ title, record }) =>
  commitCase(
    `commit replaces ${title} after its expiration only inside the window, and only if it names that expiration`,
    async (scene, subject) => {
      const { expiration } = await scene.given({ ...record(subject), ...expired(subject) });
      await scene.refused(scene.delivery());
      await scene.refused(scene.delivery({ insideWindow: false }), expiration);
      const mine = scene.delivery({ fingerprint: 'new' });
      await scene.committed(mine, expiration);
      await scene.shows({ attempts: undefined, firstAttemptAt: mine.now });
    },
    needsExpired,
  ),
);

const crowds = [
  commitCase('one of 50 simultaneous commits of a new event succeeds', async (scene) => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => scene.commit(scene.delivery())));
    assert.equal(answers.filter(({ kind }) => kind === 'committed').length, 1);
    assert.equal(await scene.applied(), 1);
  }),
  commitCase(
    'one of 50 simultaneous commits over an expired record succeeds',
    async (scene, subject) => {
      const { expiration } = await scene.given({ status: 'COMPLETED', ...expired(subject) });
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => scene.commit(scene.delivery(), expiration)),
      );
      assert.equal(answers.filter(({ kind }) => kind === 'committed').length, 1);
      assert.equal(await scene.applied(), 1);
    },
    needsExpired,
  ),
];

export const commitCases: readonly Case[] = [
  commitCase('commit of a new event creates its record and applies its effect', async (scene) => {
    const mine = scene.delivery();
    await scene.committed(mine);
    await scene.shows({ firstAttemptAt: mine.now });
  }),
  commitCase('commit of a new event outside of the window is refused and writes nothing', async (scene) => {
    const answer = await scene.commit(scene.delivery({ insideWindow: false }));
    assertNoRecord(answer);
    assert.equal(await scene.find(), undefined);
    assert.equal(await scene.applied(), undefined);
  }),
  commitCase(
    'commit is refused if it names the expiration of a deleted record, and the answer has no record',
    async (scene) => {
      assertNoRecord(await scene.commit(scene.delivery(), 17));
    },
  ),
  commitCase('commit is refused if it names the expiration of a live record', async (scene) => {
    const { expiration } = await scene.given({ status: 'COMPLETED' });
    await scene.refused(scene.delivery(), expiration);
  }),
  ...rows,
  ...open,
  ...expirations,
  ...crowds,
  commitCase(
    'if the answer of commit is lost, the next try is refused and returns its own write',
    async (scene) => {
      const mine = scene.delivery();
      const losing = losingAnswers(scene.effects.store);
      const commits = [{ delivery: mine }];
      await assert.rejects(losing.commit(commits, [scene.one()]), /the answer was lost/);
      const answer = await losing.commit(commits, [scene.one()]);
      assert.equal(answer.kind, 'exists');
      assert.equal(answer.found[0]?.record?.ownerToken, mine.ownerToken);
      assert.equal(await scene.applied(), 1);
    },
  ),
  commitCase('commit writes every kind of effect with the record', async (scene) => {
    const { store, items, read } = scene.effects;
    const [kept, gone] = [`kept-${randomUUID()}`, `gone-${randomUUID()}`];
    const other = new Committing(scene.subject);
    await store.commit([{ delivery: other.delivery() }], [put(items.table, { [items.key]: gone })]);
    const item = { [items.key]: kept, total: 1.5, nothing: undefined, lines: [{ sku: 'A' }] };
    const effects = [scene.one(), put(items.table, item), remove(items.table, { [items.key]: gone })];
    assert.deepEqual(await store.commit([{ delivery: scene.delivery() }], effects), { kind: 'committed' });
    const found = await read(items.table, { [items.key]: kept });
    assert.equal(JSON.stringify(found?.lines), '[{"sku":"A"}]');
    assert.equal(found?.total, 1.5);
    assert.equal(await read(items.table, { [items.key]: gone }), undefined);
    assert.equal(await scene.applied(), 1);
  }),
  commitCase('increments add decimals without the rounding of doubles', async (scene) => {
    const { store, sums, read } = scene.effects;
    for (const spent of [0.1, 0.2, -1e-7, 1e-7]) {
      const { id } = new Scene(scene.subject);
      const effect = increment(sums.table, { [sums.key]: scene.account }, { spent });
      assert.deepEqual(await store.commit([{ delivery: scene.delivery({ id }) }], [effect]), {
        kind: 'committed',
      });
    }
    assert.equal((await read(sums.table, { [sums.key]: scene.account }))?.spent, 0.3);
  }),
  ...(
    [
      [
        'a value that DynamoDB has no type for',
        (scene) => [put(scene.effects.items.table, { [scene.effects.items.key]: 'x', total: Number.NaN })],
      ],
      [
        'more effects than fit into one transaction',
        ({ effects: { items } }) =>
          Array.from({ length: 99 }, (_, n) => put(items.table, { [items.key]: `many-${n}` })),
      ],
      ['two effects on one item', (scene) => [scene.one()]],
      ['a promise', (scene) => [Promise.resolve(scene.one()) as never]],
      ['a list in the list', (scene) => [[scene.one()] as never]],
      ['undefined instead of an effect', () => [undefined as never]],
      ['an effect of an unknown kind', (scene) => [{ ...scene.one(), kind: 'Increment' } as never]],
      ['a raw effect without a write', () => [raw(undefined as never)]],
      ['a raw effect without an operation', () => [raw({})]],
      ['an item without its key', ({ effects: { items } }) => [put(items.table, { total: 1 })]],
      ['a key of another name', ({ effects: { sums } }) => [increment(sums.table, { other: 'x' }, { n: 1 })]],
    ] satisfies readonly (readonly [string, (scene: Committing) => Effect[]])[]
  ).map(([title, more]) =>
    commitCase(`commit with ${title} is refused as an invalid request and writes nothing`, async (scene) => {
      const answer = await scene.effects.store.commit(
        [{ delivery: scene.delivery() }],
        [scene.one(), ...more(scene)],
      );
      assert.ok(answer.kind === 'refused' && answer.by === 'request', answer.kind);
      assert.equal(await scene.find(), undefined);
      assert.equal(await scene.applied(), undefined);
    }),
  ),
  commitCase(
    'commit with two effects on one item of a declared table is refused, and the reason names both effects and the table',
    async (scene) => {
      const { store, items } = scene.effects;
      const declared = { tableName: items.table, key: [items.key] };
      const item = put(declared, { [items.key]: 'twice' });
      const answer = await store.commit([{ delivery: scene.delivery() }], [item, scene.one(), item]);
      assert.ok(answer.kind === 'refused', answer.kind);
      assert.deepEqual(answer.effects, [0, 2]);
      assert.ok(answer.reason.includes(`whose key is ${items.key}`), answer.reason);
      assert.ok(!answer.reason.includes('twice'), answer.reason);
    },
  ),
  ...(
    [
      ['an empty table name', '', /has "" for its table name/],
      ['no table name', undefined as never, /has undefined for its table name/],
      ['a table that does not exist', 'no-such-table', /no-such-table/],
    ] as const
  ).map(([title, table, says]) =>
    commitCase(
      `commit of an effect with ${title} throws a ConfigurationError and writes nothing`,
      async (scene) => {
        const effects = [scene.one(), put(table, { [scene.effects.items.key]: 'x' })];
        await assert.rejects(scene.effects.store.commit([{ delivery: scene.delivery() }], effects), {
          name: 'ConfigurationError',
          message: says,
        });
        assert.equal(await scene.find(), undefined);
        assert.equal(await scene.applied(), undefined);
      },
    ),
  ),
  commitCase(
    'an increment without attributes writes nothing, even beside another effect on its item',
    async (scene) => {
      const { store, sums, read } = scene.effects;
      const item = { [sums.key]: scene.account };
      const nothing = increment(sums.table, item, {});
      assert.deepEqual(await store.commit([{ delivery: scene.delivery() }], [nothing]), {
        kind: 'committed',
      });
      assert.equal(await read(sums.table, item), undefined);
      const { id } = new Scene(scene.subject);
      const commits = [{ delivery: scene.delivery({ id }) }];
      assert.deepEqual(await store.commit(commits, [nothing, scene.one(), nothing]), { kind: 'committed' });
      assert.equal(await scene.applied(), 1);
    },
  ),
  commitCase('an increment by 0 creates its item and its attribute', async (scene) => {
    const { store, sums, read } = scene.effects;
    const item = { [sums.key]: scene.account };
    const effect = increment(sums.table, item, { spent: 0 });
    assert.deepEqual(await store.commit([{ delivery: scene.delivery() }], [effect]), { kind: 'committed' });
    assert.deepEqual({ ...(await read(sums.table, item)) }, { ...item, spent: 0 });
  }),
  commitCase(
    'increments add amounts that are given as text because a double cannot hold them',
    async (scene) => {
      const { store, sums, read } = scene.effects;
      const amounts = ['20.29000000000000004', '-20.29', '2029e-2'] as const;
      for (const spent of amounts) {
        const { id } = new Scene(scene.subject);
        const effect: EffectWrite = {
          kind: 'increment',
          table: sums.table,
          key: { [sums.key]: scene.account },
          by: { spent },
        };
        assert.deepEqual(await store.commit([{ delivery: scene.delivery({ id }) }], [effect]), {
          kind: 'committed',
        });
      }
      const found = await read(sums.table, { [sums.key]: scene.account });
      assert.equal(Number(found?.spent).toFixed(2), '20.29');
    },
  ),
];
