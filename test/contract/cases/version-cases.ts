import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { tombstoneAttribute } from '../../../contract/record-attributes.ts';
import {
  type Effect,
  type Item,
  increment,
  put,
  putIfNewer,
  raw,
  removeIfNewer,
} from '../../../runtime/handler/effects/index.ts';
import type { CommitAnswer } from '../../../runtime/ports/record-store.ts';
import type { Case, StoreUnderTest } from '../subject.ts';
import { Committing, commitCase } from './commit-cases.ts';

const version = 'sequence';

/** One item whose versions come in any order, each with an event of its own and an effect beside it. */
class Versions {
  readonly #subject: StoreUnderTest;
  readonly name = `item-${randomUUID()}`;
  constructor(subject: StoreUnderTest) {
    this.#subject = subject;
  }
  get #effects() {
    assert.ok(this.#subject.effects);
    return this.#subject.effects;
  }
  get key(): Item {
    return { [this.#effects.items.key]: this.name };
  }
  put(sequence: unknown, over: Item = {}): Effect {
    return putIfNewer(this.#effects.items.table, { ...this.key, sequence, ...over }, { version });
  }
  remove(sequence: unknown): Effect {
    return removeIfNewer(this.#effects.items.table, { ...this.key, sequence }, { version });
  }
  /** A write that no version is asked of. */
  async plant(item: Item): Promise<void> {
    const planted = put(this.#effects.items.table, { ...this.key, ...item });
    await this.committed(planted);
  }
  async commit(...effects: Effect[]): Promise<{ answer: CommitAnswer; scene: Committing }> {
    const scene = new Committing(this.#subject);
    const answer = await scene.effects.store.commit(
      [{ delivery: scene.delivery() }],
      [scene.one(), ...effects],
    );
    return { answer, scene };
  }
  async committed(...effects: Effect[]): Promise<void> {
    const { answer, scene } = await this.commit(...effects);
    assert.deepEqual(answer, { kind: 'committed' });
    assert.equal(await scene.applied(), 1);
  }
  /** Refused as stale: neither the record nor the effect beside it was written. */
  async stale(effect: Effect, held: string): Promise<void> {
    const before = await this.read();
    const { answer, scene } = await this.commit(effect);
    assert.deepEqual(answer, { kind: 'stale', effects: [{ index: 1, held }] });
    assert.equal(await scene.find(), undefined);
    assert.equal(await scene.applied(), undefined);
    assert.deepEqual(await this.read(), before);
  }
  async read(): Promise<Item | undefined> {
    const found = await this.#effects.read(this.#effects.items.table, this.key);
    return found && { ...found };
  }
  async shows(expected: Item): Promise<void> {
    assert.deepEqual(await this.read(), { ...this.key, ...expected });
  }
}

function versionCase(
  name: string,
  run: (versions: Versions, subject: StoreUnderTest) => Promise<void>,
): Case {
  return commitCase(name, (_, subject) => run(new Versions(subject), subject));
}

const nines = '9'.repeat(38);
const almost = `${'9'.repeat(37)}8`;

/** What is there, what comes, and what is there then: numbers, whatever they look like. */
const orders = [
  ['9', '10', 'newer'],
  ['10', '9', 'stale'],
  ['7', '7', 'stale'],
  ['7', '007', 'stale'],
  ['0', 1, 'newer'],
  [2, '1', 'stale'],
  [almost, nines, 'newer'],
  [nines, almost, 'stale'],
] as const;

export const versionCases: readonly Case[] = [
  versionCase('putIfNewer of an item that is not there: committed, its version a number', async (item) => {
    await item.committed(item.put('7', { text: 'a' }));
    await item.shows({ sequence: 7, text: 'a' });
  }),
  ...orders.map(([held, comes, answer]) =>
    versionCase(`putIfNewer of ${comes} over ${held}: ${answer}`, async (item) => {
      await item.committed(item.put(held, { text: 'first' }));
      const second = item.put(comes, { other: 'second' });
      if (answer === 'stale') return await item.stale(second, String(held));
      await item.committed(second);
      const found = await item.read();
      assert.equal(String(found?.sequence), String(comes));
      assert.equal(found?.text, undefined);
    }),
  ),
  ...(
    [
      ['no version', {}],
      ['a text for a version', { sequence: '99' }],
    ] as const
  ).map(([title, planted]) =>
    versionCase(`putIfNewer over an item that has ${title}: committed`, async (item) => {
      await item.plant(planted);
      await item.committed(item.put('1'));
      await item.shows({ sequence: 1 });
    }),
  ),
  versionCase(
    'putIfNewer over a version that is no whole number: compared as one number with another',
    async (item) => {
      await item.plant({ sequence: 1.5 });
      await item.stale(item.put('1'), '1.5');
      await item.committed(item.put('2'));
      await item.shows({ sequence: 2 });
    },
  ),
  versionCase('removeIfNewer leaves a tombstone that only something newer replaces', async (item) => {
    await item.committed(item.put('3', { text: 'a' }));
    await item.stale(item.remove('3'), '3');
    await item.committed(item.remove('5'));
    await item.shows({ sequence: 5, [tombstoneAttribute]: true });
    await item.stale(item.put('4', { text: 'late' }), '5');
    await item.stale(item.remove('4'), '5');
    await item.committed(item.put('6', { text: 'b' }));
    await item.shows({ sequence: 6, text: 'b' });
  }),
  versionCase('removeIfNewer of an item that is not there: a tombstone all the same', async (item) => {
    await item.committed(item.remove('5'));
    await item.stale(item.put('4'), '5');
    await item.shows({ sequence: 5, [tombstoneAttribute]: true });
  }),
  versionCase(
    'commit with several stale effects: tells which, and writes none of the others',
    async (item, subject) => {
      const [second, third] = [new Versions(subject), new Versions(subject)];
      await item.committed(item.put('5'));
      await third.committed(third.put('6'));
      const { answer, scene } = await item.commit(item.put('4'), second.put('1'), third.put('6'));
      assert.deepEqual(answer, {
        kind: 'stale',
        effects: [
          { index: 1, held: '5' },
          { index: 3, held: '6' },
        ],
      });
      assert.equal(await second.read(), undefined);
      assert.equal(await scene.find(), undefined);
    },
  ),
  versionCase(
    'commit of a stale effect behind an increment of nothing: told by its own place',
    async (item) => {
      await item.committed(item.put('5'));
      const nothing = increment('no-such-table', { id: '1' }, {});
      const { answer } = await item.commit(nothing, item.put('4'));
      assert.deepEqual(answer, { kind: 'stale', effects: [{ index: 2, held: '5' }] });
    },
  ),
  versionCase('commit whose own condition fails beside a stale effect: refused, not stale', async (item) => {
    await item.committed(item.put('5'));
    const TableName = (item.put('1') as { readonly table: string }).table;
    const Key = Object.fromEntries(Object.keys(item.key).map((name) => [name, { S: `no-${item.name}` }]));
    const [name = ''] = Object.keys(item.key);
    const condition = raw({
      ConditionCheck: { TableName, Key, ConditionExpression: `attribute_exists(${name})` },
    });
    const { answer, scene } = await item.commit(item.put('4'), condition);
    assert.equal(answer.kind, 'refused');
    assert.equal(await scene.find(), undefined);
  }),
  versionCase(
    'commit of a stale effect over a record that exists: shows the record',
    async (item, subject) => {
      await item.committed(item.put('5'));
      const scene = new Committing(subject);
      await scene.given({ status: 'COMPLETED' });
      const answer = await scene.effects.store.commit([{ delivery: scene.delivery() }], [item.put('4')]);
      assert.equal(answer.kind, 'exists');
    },
  ),
  ...['1.5', '-1', '', 'x', `1${nines}`, -1, 1.5, 2 ** 53, Number.NaN, null, undefined].map((sequence) =>
    versionCase(
      `commit with ${typeof sequence} ${JSON.stringify(sequence)} for a version: refused`,
      async (item) => {
        const { answer, scene } = await item.commit(item.put(sequence));
        assert.ok(answer.kind === 'refused' && answer.reason.includes('version "sequence"'), answer.kind);
        assert.equal(await scene.find(), undefined);
      },
    ),
  ),
  versionCase('commit that puts what only a removal leaves: refused', async (item) => {
    const { answer } = await item.commit(item.put('1', { [tombstoneAttribute]: false }));
    assert.equal(answer.kind, 'refused');
  }),
  commitCase('commit keeps what it is told of itself, and a duplicate is shown it', async (scene) => {
    const { store } = scene.effects;
    const mine = scene.delivery();
    assert.deepEqual(await store.commit([{ delivery: mine, result: '{"stale":[]}' }], []), {
      kind: 'committed',
    });
    const answer = await store.commit([{ delivery: scene.delivery() }], []);
    assert.equal(answer.kind === 'exists' ? answer.found[0]?.record?.result : answer.kind, '{"stale":[]}');
  }),
  versionCase('20 versions of an item at once: the newest stays, and every commit is told', async (item) => {
    const sequences = Array.from({ length: 20 }, (_, n) => String((n * 7) % 20));
    const kinds = await Promise.all(
      sequences.map(async (sequence) => {
        for (;;) {
          const { answer } = await item.commit(item.put(sequence));
          if (answer.kind !== 'contended') return answer.kind;
        }
      }),
    );
    assert.ok(
      kinds.every((kind) => kind === 'committed' || kind === 'stale'),
      kinds.join(),
    );
    await item.shows({ sequence: 19 });
  }),
];
