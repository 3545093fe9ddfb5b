import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { tombstoneAttribute } from '../../../contract/record/record-attributes.ts';
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

/** One item whose versions arrive in any order. Each version has its own event, which has another effect too. */
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
  /** Writes an item without a check of its version. */
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
  /** Checks that the effect is stale, and that neither the record nor the other effect was written. */
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

/** Stored version, received version, and the result. Versions are compared as numbers, whatever their text is. */
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
  versionCase('putIfNewer creates a missing item, and stores its version as a number', async (item) => {
    await item.committed(item.put('7', { text: 'a' }));
    await item.shows({ sequence: 7, text: 'a' });
  }),
  ...orders.map(([held, comes, answer]) =>
    versionCase(
      `putIfNewer of version ${comes} over version ${held} is ${answer === 'newer' ? 'committed' : 'stale'}`,
      async (item) => {
        await item.committed(item.put(held, { text: 'first' }));
        const second = item.put(comes, { other: 'second' });
        if (answer === 'stale') return await item.stale(second, String(held));
        await item.committed(second);
        const found = await item.read();
        assert.equal(String(found?.sequence), String(comes));
        assert.equal(found?.text, undefined);
      },
    ),
  ),
  ...(
    [
      ['no version', {}],
      ['a text as its version', { sequence: '99' }],
    ] as const
  ).map(([title, planted]) =>
    versionCase(`putIfNewer replaces an item that has ${title}`, async (item) => {
      await item.plant(planted);
      await item.committed(item.put('1'));
      await item.shows({ sequence: 1 });
    }),
  ),
  versionCase('putIfNewer compares its version with a stored fraction as a number', async (item) => {
    await item.plant({ sequence: 1.5 });
    await item.stale(item.put('1'), '1.5');
    await item.committed(item.put('2'));
    await item.shows({ sequence: 2 });
  }),
  versionCase('removeIfNewer leaves a tombstone that only a newer effect replaces', async (item) => {
    await item.committed(item.put('3', { text: 'a' }));
    await item.stale(item.remove('3'), '3');
    await item.committed(item.remove('5'));
    await item.shows({ sequence: 5, [tombstoneAttribute]: true });
    await item.stale(item.put('4', { text: 'late' }), '5');
    await item.stale(item.remove('4'), '5');
    await item.committed(item.put('6', { text: 'b' }));
    await item.shows({ sequence: 6, text: 'b' });
  }),
  versionCase('removeIfNewer of a missing item leaves a tombstone too', async (item) => {
    await item.committed(item.remove('5'));
    await item.stale(item.put('4'), '5');
    await item.shows({ sequence: 5, [tombstoneAttribute]: true });
  }),
  versionCase(
    'commit with several stale effects returns each of them and writes no other effect',
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
    'commit returns the index of a stale effect that follows an increment without attributes',
    async (item) => {
      await item.committed(item.put('5'));
      const nothing = increment('no-such-table', { id: '1' }, {});
      const { answer } = await item.commit(nothing, item.put('4'));
      assert.deepEqual(answer, { kind: 'stale', effects: [{ index: 2, held: '5' }] });
    },
  ),
  versionCase(
    'commit with a failed condition of a raw effect and a stale effect is refused, not stale',
    async (item) => {
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
    },
  ),
  versionCase(
    'commit of a stale effect over an existing record returns the record',
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
      `commit with ${typeof sequence === 'string' ? `the text "${sequence}"` : sequence} as a version is refused`,
      async (item) => {
        const { answer, scene } = await item.commit(item.put(sequence));
        assert.ok(answer.kind === 'refused' && answer.reason.includes('version "sequence"'), answer.kind);
        assert.equal(await scene.find(), undefined);
      },
    ),
  ),
  versionCase('commit of an item with the tombstone attribute is refused', async (item) => {
    const { answer } = await item.commit(item.put('1', { [tombstoneAttribute]: false }));
    assert.equal(answer.kind, 'refused');
  }),
  commitCase('commit stores its result, and a duplicate gets it', async (scene) => {
    const { store } = scene.effects;
    const mine = scene.delivery();
    assert.deepEqual(await store.commit([{ delivery: mine, result: '{"stale":[]}' }], []), {
      kind: 'committed',
    });
    const answer = await store.commit([{ delivery: scene.delivery() }], []);
    assert.equal(answer.kind === 'exists' ? answer.found[0]?.record?.result : answer.kind, '{"stale":[]}');
  }),
  versionCase(
    'the newest of 20 simultaneous versions of an item stays, and each commit succeeds or is stale',
    async (item) => {
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
    },
  ),
];
