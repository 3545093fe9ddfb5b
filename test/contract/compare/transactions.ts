import * as fc from 'fast-check';
import type { Effect } from '../../../runtime/handler/effects/index.ts';
import { names, numbers, values } from './values.ts';

/** Key attributes of the tables that are compared, all of them texts. */
export const tableKeys = {
  orders: ['orderId'],
  ledger: ['account'],
  lines: ['order', 'line'],
} as const;

type Table = keyof typeof tableKeys;

/** A key of a transaction's own: each run has other items. */
interface Own {
  readonly own: string;
}

interface Target {
  readonly table: Table;
  readonly parts: readonly (Own | { readonly value: unknown })[];
  readonly more: Readonly<Record<string, unknown>>;
}

/** Effects of one transaction; the items that they name belong to a run. */
export interface Sketch {
  readonly kind: Effect['kind'];
  readonly target: Target;
  readonly members: Readonly<Record<string, unknown>>;
  readonly version: unknown;
  readonly by: Readonly<Record<string, unknown>>;
  /** How many bytes the item misses to 400 KB. */
  readonly toLimit: number | undefined;
}

export interface Run {
  readonly given: readonly Sketch[];
  readonly effects: readonly Sketch[];
}

/** What is there before, and a transaction of one to four effects. */
export function runs(): fc.Arbitrary<Run> {
  return fc.record({
    given: fc.array(sketches(['put'], validTargets()), { minLength: 1, maxLength: 5 }).map(withoutSameItem),
    effects: fc
      .array(
        sketches(
          [
            'put',
            'put',
            'putIfNewer',
            'putIfNewer',
            'removeIfNewer',
            'increment',
            'increment',
            'increment',
            'remove',
          ],
          fc.oneof({ weight: 30, arbitrary: validTargets() }, { weight: 1, arbitrary: targets() }),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map(judgedAlike),
  });
}

function sketches(kinds: readonly Effect['kind'][], target: fc.Arbitrary<Target>): fc.Arbitrary<Sketch> {
  const amounts = fc.oneof(
    { weight: 60, arbitrary: numbers() },
    { weight: 1, arbitrary: fc.constantFrom<unknown>('1', '', undefined, null, true, new Set([1]), [1], {}) },
  );
  const versions = fc.oneof(
    { weight: 60, arbitrary: fc.integer({ min: 0, max: 12 }) },
    { weight: 30, arbitrary: fc.integer({ min: 0, max: 12 }).map(String) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown>('9'.repeat(38), '007', 1.5, -1, 'x', '', 5n, null, undefined),
    },
  );
  const members = fc.record(
    {
      total: fc.oneof({ weight: 12, arbitrary: numbers() }, { weight: 1, arbitrary: values() }),
      sequence: fc.oneof({ weight: 12, arbitrary: versions }, { weight: 1, arbitrary: values() }),
    },
    { requiredKeys: [] },
  );
  const more = fc.array(fc.tuple(names(), values()), { maxLength: 3 });
  return fc.record({
    kind: fc.constantFrom(...kinds),
    target,
    members: fc.tuple(more, members).map(([some, others]) => ({ ...Object.fromEntries(some), ...others })),
    version: versions,
    by: fc
      .array(
        fc.tuple(
          fc.oneof({ weight: 3, arbitrary: fc.constant('total') }, { weight: 2, arbitrary: names() }),
          amounts,
        ),
        {
          minLength: 0,
          maxLength: 3,
        },
      )
      .map((entries) => Object.fromEntries(entries.length === 0 ? [['total', 1]] : entries)),
    toLimit: fc.oneof(
      { weight: 40, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.integer({ min: -3, max: 3 }) },
    ),
  });
}

function validTargets(): fc.Arbitrary<Target> {
  return fc
    .tuple(
      fc.constantFrom<Table>('orders', 'ledger', 'lines'),
      fc.constantFrom('a', 'b'),
      fc.constantFrom('1', '2'),
    )
    .map(([table, first, second]) => ({
      table,
      parts: tableKeys[table].map((_, place) => ({ own: place === 0 ? first : second })),
      more: {},
    }));
}

/** Targets whose keys DynamoDB may refuse. */
function targets(): fc.Arbitrary<Target> {
  const odd = fc.constantFrom<unknown>(
    ...['', 5, 0, null, undefined, true, ['a'], { S: 'a' }, new Set(['a']), new Uint8Array([1]), new Date(0)],
    ...['x'.repeat(1024), 'x'.repeat(1025), 'é'.repeat(1024), 'x'.repeat(2049), new String('boxed')],
  );
  return fc
    .tuple(validTargets(), odd, fc.boolean(), fc.constantFrom({}, { extra: 'x' }, { constructor: 'x' }))
    .map(([target, value, isLast, more]) => ({
      ...target,
      parts: target.parts.map((part, place) =>
        place === (isLast ? target.parts.length - 1 : 0) ? { value } : part,
      ),
      more,
    }));
}

/**
 * DynamoDB refuses a request with two effects on one item (API Reference, "TransactWriteItems"). DynamoDB Local says first
 * which conditions fail.
 */
function judgedAlike(sketches: readonly Sketch[]): readonly Sketch[] {
  const hasConditions = sketches.some(({ kind }) => kind === 'putIfNewer' || kind === 'removeIfNewer');
  return hasConditions ? withoutSameItem(sketches) : sketches;
}

function withoutSameItem(sketches: readonly Sketch[]): readonly Sketch[] {
  const byItem = new Map(sketches.map((one) => [JSON.stringify([one.target.table, one.target.parts]), one]));
  return [...byItem.values()];
}

/** The effects of a run's sketches. @param run A text that no other run has. */
export function effectsOf(
  sketches: readonly Sketch[],
  run: string,
  fill: (item: object, toLimit: number) => object,
): Effect[] {
  return sketches.map(({ kind, target, members, version, by, toLimit }) => {
    const { table } = target;
    const key = Object.fromEntries(
      tableKeys[table].map((name, place) => {
        const part = target.parts[place];
        return [name, part !== undefined && 'own' in part ? `${run}:${part.own}` : part?.value];
      }),
    );
    const item = { ...members, ...key };
    switch (kind) {
      case 'increment':
        return { kind, table, key: { ...key, ...target.more }, by } as Effect;
      case 'remove':
        return { kind, table, key: { ...key, ...target.more } };
      case 'putIfNewer':
      case 'removeIfNewer':
        return { kind, table, item: { ...item, sequence: version }, version: 'sequence' };
      default:
        return {
          kind: 'put',
          table,
          item: (toLimit === undefined ? item : fill(item, toLimit)) as Record<string, unknown>,
        };
    }
  });
}
