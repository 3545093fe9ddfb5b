import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  type Effect,
  type Item,
  increment,
  put,
  putIfNewer,
  remove,
} from '../../../runtime/handler/effects/index.ts';
import type { Case } from '../subject.ts';
import { type Committing, commitCase } from './commit-cases.ts';

/** Names that belong to JavaScript's objects or to DynamoDB's JSON. */
const oddNames = [
  ...['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'length', 'wrapNumbers', 'status'],
  ...['S', 'N', 'M', 'NULL', 'a.b', '#a0', ':a0', 'é😀'],
];

function nested(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? { a: value } : [value];
  return value;
}

const limit = 400 * 1024;

/** @param bytes Size of the item. */
function itemOf(key: Item, bytes: number): Item {
  const [[name, value] = ['', '']] = Object.entries(key) as [string, string][];
  return { ...key, x: 'y'.repeat(bytes - name.length - value.length - 1) };
}

class Valued {
  readonly scene: Committing;
  readonly key: Item;
  readonly #items: { readonly table: string; readonly key: string };

  constructor(scene: Committing) {
    this.scene = scene;
    this.#items = scene.effects.items;
    this.key = { [this.#items.key]: `item-${randomUUID()}` };
  }
  get keyName(): string {
    return this.#items.key;
  }
  put(members: Item): Effect {
    return put(this.#items.table, { ...this.key, ...members });
  }
  putIfNewer(members: Item): Effect {
    return putIfNewer(this.#items.table, { ...this.key, sequence: '1', ...members }, { version: 'sequence' });
  }
  add(by: Item): Effect {
    return increment(this.#items.table, this.key, by as Readonly<Record<string, number>>);
  }
  remove(key: Item): Effect {
    return remove(this.#items.table, key);
  }
  /** Each by another event. */
  async commit(effect: Effect, id = `test#urn:test#${randomUUID()}`) {
    return await this.scene.effects.store.commit([{ delivery: this.scene.delivery({ id }) }], [effect]);
  }
  async read(): Promise<Item | undefined> {
    return await this.scene.effects.read(this.#items.table, this.key);
  }
  async taken(members: Item, expected: Item = members): Promise<void> {
    assert.deepEqual(await this.commit(this.put(members)), { kind: 'committed' });
    assert.deepEqual(await this.read(), { ...this.key, ...expected });
  }
  /** @param place Part of the reason: the path of the refused value. */
  async refused(effect: Effect, place = ''): Promise<void> {
    const before = await this.read();
    const answer = await this.commit(effect, this.scene.id);
    assert.ok(answer.kind === 'refused', answer.kind);
    assert.ok(answer.reason.includes(place), answer.reason);
    assert.equal(await this.scene.find(), undefined);
    assert.deepEqual(await this.read(), before);
  }
}

function valueCase(name: string, run: (item: Valued) => Promise<void>): Case {
  return commitCase(name, (scene) => run(new Valued(scene)));
}

class Money {
  readonly amount = 5;
}

const withoutType: readonly (readonly [string, unknown])[] = [
  ['a Date', new Date(0)],
  ['an instance of a class', new Money()],
  ['a promise', Promise.resolve(1)],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['an empty set', new Set()],
  ['a set of several types', new Set<unknown>(['a', 1])],
  ['a set with the same number twice', new Set<unknown>([1, 1n])],
  ['a set of booleans', new Set([true])],
  ['a number of 39 digits', 10n ** 38n + 1n],
  ['a number above 9.9e125', 1e126],
  ['a number below 1e-130', 1e-131],
  ['an object with an empty name', { '': 1 }],
  ['an object with a name of 65,536 bytes', { ['x'.repeat(65_536)]: 1 }],
  ['an object with the name __proto__', Object.fromEntries([['__proto__', 1]])],
];

/** A value in the name of a case. */
function shownValue(value: unknown): string {
  if (value instanceof Set) return 'a set';
  if (typeof value === 'string')
    return value.length < 9 ? `the text "${value}"` : `a text of ${value.length} characters`;
  return Array.isArray(value) ? 'a list' : String(value);
}

export const valueCases: readonly Case[] = [
  valueCase(
    "commit stores attributes whose names belong to JavaScript's objects or to DynamoDB's JSON",
    async (item) => {
      const members = Object.fromEntries(oddNames.map((name) => [name, 'ACME']));
      await item.taken({ ...members, deep: { ...members, list: [members] } });
    },
  ),
  ...['Set', 'Map', 'Number', 'Uint8Array', 'Object'].map((name) =>
    valueCase(`commit stores an item whose attribute "constructor" names ${name}`, async (item) => {
      await item.taken({ constructor: { name }, deep: { constructor: { name }, size: 1 } });
    }),
  ),
  valueCase(
    "commit adds up increments of attributes whose names belong to JavaScript's objects or to DynamoDB's JSON",
    async (item) => {
      const by = Object.fromEntries(oddNames.map((name) => [name, 1]));
      assert.equal((await item.commit(item.add(by))).kind, 'committed');
      assert.equal((await item.commit(item.add(by))).kind, 'committed');
      assert.deepEqual(await item.read(), {
        ...item.key,
        ...Object.fromEntries(oddNames.map((name) => [name, 2])),
      });
    },
  ),
  valueCase(
    'commit stores maps, sets, binary values, empty texts and bigints as the SDK does',
    async (item) => {
      const members = {
        texts: new Set(['a', '']),
        numbers: new Set([1.5, 2]),
        empty: '',
        none: null,
        list: [],
      };
      await item.taken(
        { ...members, map: new Map([['a', 1]]), bytes: Buffer.from('ab'), big: 10n ** 37n, gone: undefined },
        { ...members, map: { a: 1 }, bytes: new Uint8Array([97, 98]), big: 10n ** 37n },
      );
    },
  ),
  ...withoutType.flatMap(([name, value]) => [
    valueCase(`commit of ${name} is refused, and the reason names its path`, async (item) => {
      await item.refused(item.put({ lines: [{ sku: 'a' }, { when: value }] }), 'lines[1].when');
    }),
    valueCase(`commit of ${name} in a putIfNewer is refused, and the reason names its path`, async (item) => {
      await item.refused(item.putIfNewer({ when: value }), 'when');
    }),
  ]),
  valueCase('commit of a document with 31 levels is written', (item) => item.taken({ a: nested(31) })),
  valueCase('commit of a document with 32 levels is refused', (item) =>
    item.refused(item.put({ a: nested(32) }), 'nested deeper'),
  ),
  valueCase('commit of an item of 400 KB is written', async (item) => {
    await item.taken(itemOf(item.key, limit));
  }),
  valueCase('commit of an item of 400 KB and a byte is refused', async (item) => {
    await item.refused(item.put(itemOf(item.key, limit + 1)), String(limit + 1));
  }),
  valueCase('commit of an increment that makes an item larger than 400 KB is refused', async (item) => {
    await item.taken(itemOf(item.key, limit));
    await item.refused(item.add({ more: 1 }));
  }),
  ...(['', 5, null, true, ['a'], undefined, 'x'.repeat(2049)] as const).flatMap((part) => {
    const shown = shownValue(part);
    return [
      valueCase(`commit of an item whose key is ${shown} is refused`, async (item) => {
        await item.refused(item.put({ [item.keyName]: part }));
      }),
      valueCase(`commit of a removal whose key is ${shown} is refused`, async (item) => {
        await item.refused(item.remove({ [item.keyName]: part }));
      }),
    ];
  }),
  valueCase('commit of a removal whose key has one attribute too many is refused', async (item) => {
    await item.refused(item.remove({ ...item.key, more: 'x' }));
  }),
  ...(['1', true, null, new Set([1])] as const).map((there) =>
    valueCase(
      `commit of an increment of an attribute that is ${shownValue(there)} is refused`,
      async (item) => {
        await item.taken({ total: there });
        await item.refused(item.add({ total: 1 }));
      },
    ),
  ),
  valueCase('commit of an increment of a key attribute is refused', (item) =>
    item.refused(item.add({ [item.keyName]: 1 })),
  ),
  valueCase('commit of an increment to a sum of 39 digits is refused', async (item) => {
    await item.taken({ total: 10n ** 38n - 1n });
    await item.refused(item.add({ total: 0.1 }));
  }),
  valueCase('commit of an increment to a sum above 9.9e125 is refused', async (item) => {
    await item.commit(item.put({ total: 9e125 }));
    await item.refused(item.add({ total: 9e125 }));
  }),
  ...(['x', true, Number.NaN, undefined, null, new Set([1])] as const).map((amount) =>
    valueCase(`commit of an increment by ${shownValue(amount)} is refused`, (item) =>
      item.refused(item.add({ total: amount }), 'total'),
    ),
  ),
  valueCase('commit of an increment of 332 attributes is refused', (item) =>
    item.refused(item.add(Object.fromEntries(Array.from({ length: 332 }, (_, n) => [`n${n}`, 1])))),
  ),
  valueCase(
    'commit of an increment of 331 attributes, the maximum of an expression, is written',
    async (item) => {
      const by = Object.fromEntries(Array.from({ length: 331 }, (_, n) => [`n${n}`, 1]));
      assert.equal((await item.commit(item.add(by))).kind, 'committed');
    },
  ),
  valueCase(
    'commit of an invalid effect over an existing record is refused because of the effect',
    async (item) => {
      await item.scene.given({ status: 'COMPLETED' });
      assert.equal((await item.commit(item.put({ when: new Date(0) }), item.scene.id)).kind, 'refused');
    },
  ),
];
