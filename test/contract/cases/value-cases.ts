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

/** Names that JavaScript's objects have of their own, and names that DynamoDB's JSON has. */
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

/** @param bytes Of the whole item. */
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
  /** @param place The part of the reason that names where the value is. */
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
  ['a set of numbers that has one of them twice', new Set<unknown>([1, 1n])],
  ['a set of truths', new Set([true])],
  ['a number of 39 digits', 10n ** 38n + 1n],
  ['a number above 9.9e125', 1e126],
  ['a number below 1e-130', 1e-131],
  ['an object with an empty name', { '': 1 }],
  ['an object with a name of 65,536 bytes', { ['x'.repeat(65_536)]: 1 }],
  ['an object with the name __proto__', Object.fromEntries([['__proto__', 1]])],
];

export const valueCases: readonly Case[] = [
  valueCase('commit of attributes whose names objects and DynamoDB have: as they are', async (item) => {
    const members = Object.fromEntries(oddNames.map((name) => [name, 'ACME']));
    await item.taken({ ...members, deep: { ...members, list: [members] } });
  }),
  ...['Set', 'Map', 'Number', 'Uint8Array', 'Object'].map((name) =>
    valueCase(`commit of an item that says to be made by ${name}: as it is`, async (item) => {
      await item.taken({ constructor: { name }, deep: { constructor: { name }, size: 1 } });
    }),
  ),
  valueCase('commit of increments of such attributes: added up', async (item) => {
    const by = Object.fromEntries(oddNames.map((name) => [name, 1]));
    assert.equal((await item.commit(item.add(by))).kind, 'committed');
    assert.equal((await item.commit(item.add(by))).kind, 'committed');
    assert.deepEqual(await item.read(), {
      ...item.key,
      ...Object.fromEntries(oddNames.map((name) => [name, 2])),
    });
  }),
  valueCase(
    'commit of what the SDK writes: maps, sets, binary values, empty texts, bigints',
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
    valueCase(`commit of ${name}: refused, with its place`, async (item) => {
      await item.refused(item.put({ lines: [{ sku: 'a' }, { when: value }] }), 'lines[1].when');
    }),
    valueCase(`commit of ${name} in a version of an item: refused`, async (item) => {
      await item.refused(item.putIfNewer({ when: value }), 'when');
    }),
  ]),
  valueCase('commit of 31 documents inside each other: taken', (item) => item.taken({ a: nested(31) })),
  valueCase('commit of 32 documents inside each other: refused', (item) =>
    item.refused(item.put({ a: nested(32) }), 'nested deeper'),
  ),
  valueCase('commit of an item of 400 KB: taken', async (item) => {
    await item.taken(itemOf(item.key, limit));
  }),
  valueCase('commit of an item of 400 KB and a byte: refused', async (item) => {
    await item.refused(item.put(itemOf(item.key, limit + 1)), String(limit + 1));
  }),
  valueCase('commit of an increment that makes an item larger than 400 KB: refused', async (item) => {
    await item.taken(itemOf(item.key, limit));
    await item.refused(item.add({ more: 1 }));
  }),
  ...(['', 5, null, true, ['a'], undefined, 'x'.repeat(2049)] as const).flatMap((part) => {
    const shown = typeof part === 'string' ? `a text of ${part.length}` : JSON.stringify(part);
    return [
      valueCase(`commit of an item whose key is ${shown}: refused`, async (item) => {
        await item.refused(item.put({ [item.keyName]: part }));
      }),
      valueCase(`commit of a removal whose key is ${shown}: refused`, async (item) => {
        await item.refused(item.remove({ [item.keyName]: part }));
      }),
    ];
  }),
  valueCase('commit of a key that has an attribute more: refused', async (item) => {
    await item.refused(item.remove({ ...item.key, more: 'x' }));
  }),
  ...(['1', true, null, new Set([1])] as const).map((there) =>
    valueCase(
      `commit that adds to ${there instanceof Set ? 'a set' : JSON.stringify(there)}: refused`,
      async (item) => {
        await item.taken({ total: there });
        await item.refused(item.add({ total: 1 }));
      },
    ),
  ),
  valueCase('commit that adds to a part of the key: refused', (item) =>
    item.refused(item.add({ [item.keyName]: 1 })),
  ),
  valueCase('commit of a sum of 39 digits: refused', async (item) => {
    await item.taken({ total: 10n ** 38n - 1n });
    await item.refused(item.add({ total: 0.1 }));
  }),
  valueCase('commit of a sum above 9.9e125: refused', async (item) => {
    await item.commit(item.put({ total: 9e125 }));
    await item.refused(item.add({ total: 9e125 }));
  }),
  ...(['x', true, Number.NaN, undefined, null, new Set([1])] as const).map((amount) =>
    valueCase(
      `commit that adds ${amount instanceof Set ? 'a set' : typeof amount} ${String(amount)}: refused`,
      (item) => item.refused(item.add({ total: amount }), 'total'),
    ),
  ),
  valueCase('commit of more amounts than an expression holds: refused', (item) =>
    item.refused(item.add(Object.fromEntries(Array.from({ length: 332 }, (_, n) => [`n${n}`, 1])))),
  ),
  valueCase('commit of as many amounts as an expression holds: taken', async (item) => {
    const by = Object.fromEntries(Array.from({ length: 331 }, (_, n) => [`n${n}`, 1]));
    assert.equal((await item.commit(item.add(by))).kind, 'committed');
  }),
  valueCase('commit over a record that exists, of what DynamoDB does not take: refused', async (item) => {
    await item.scene.given({ status: 'COMPLETED' });
    assert.equal((await item.commit(item.put({ when: new Date(0) }), item.scene.id)).kind, 'refused');
  }),
];
