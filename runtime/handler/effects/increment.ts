import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { truncate } from '../../../contract/truncate.ts';
import {
  type Attributes,
  faultOf,
  marshallItem,
  numberIn,
  refuseOtherThanItem,
  ValueError,
} from '../../values/attribute-values.ts';
import { addDecimals, addExactly, type Decimal, textOf } from '../../values/decimal.ts';
import { largestItem, sizeOf } from '../../values/item-size.ts';
import { brand, type Item, type KeyOf, type OnTable, onTable, type TableArgument } from './effect.ts';
import type { EffectKind, EncodedEffect, MergeRule } from './effect-kind.ts';

/** Amounts to add, by attribute. */
export type Amounts<Amount = number | bigint> = Readonly<Record<string, Amount>>;

export interface Increment<Amount = number | bigint> extends OnTable {
  readonly kind: 'increment';
  readonly key: Item;
  readonly by: Amounts<Amount>;
}

/**
 * An increment in the form that a store gets. A sum of several increments is decimal text if a double cannot hold it
 * exactly.
 */
export type IncrementWrite = Increment<number | bigint | `${number}`>;

/**
 * Adds to numeric attributes of one item, exactly to 38 digits. A missing item or attribute counts as zero and is
 * created, even if the amount is 0.
 *
 * Several increments of one item by one event are added up.
 *
 * @param by Finite numbers, by attribute. `{}` does nothing.
 * @example increment(tables.halls, { hall: 'H1' }, { sold: 1, revenue: 12.5 })
 */
export function increment<const Of extends TableArgument>(table: Of, key: KeyOf<Of>, by: Amounts): Increment {
  return { kind: 'increment', ...onTable(table), key, by, ...brand };
}

export const incrementKind: EffectKind<IncrementWrite> = {
  problem({ key, by }, check) {
    const problem = check.attributes('key', key) ?? check.attributes('by', by);
    if (problem !== undefined) return problem;
    const wrong = Object.entries<unknown>(by).find(([, amount]) => !check.isAmount(amount));
    return (
      wrong && `${check.nameOf(wrong[1])} for the amount "${truncate(wrong[0], 100)}": give a finite number`
    );
  },
  tableOf: ({ table }) => table,
  placeOf: ({ table, key }) => ({ table, by: 'key', attributes: key }),
  isNothing: ({ by }) => Object.keys(by).length === 0,
  merge: addUp,
  encode({ table, key, by }) {
    const Key = marshallItem(key, 'key');
    return encodeIncrement(table, Key, amountsOf(by, Key));
  },
};

function addUp(
  ...[before, next]: Parameters<MergeRule<IncrementWrite>>
): ReturnType<MergeRule<IncrementWrite>> {
  // An attribute may have the name of a member of every object.
  const sums = new Map(Object.entries(before.by));
  for (const [name, amount] of Object.entries(next.by)) {
    sums.set(name, addExactly(sums.get(name) ?? 0, amount));
  }
  return { effect: { ...before, by: Object.fromEntries(sums) } };
}

/** The number of attributes that fit into an update expression of 4 KB (AWS: "Quotas", expression parameters). */
const mostAmounts = 331;

/** Checks the amounts: at least one, and only numbers. */
function amountsOf(by: Amounts<unknown>, key: Attributes): Attributes {
  refuseOtherThanItem(by, 'by');
  // The text of a sum that a double cannot hold counts as a number.
  const numbers = Object.entries(by).map(([name, amount]) => [
    name,
    typeof amount === 'string' ? new NumberValueImpl(amount) : amount,
  ]);
  const amounts = marshallItem(Object.fromEntries(numbers), 'by');
  const names = Object.keys(by);
  if (names.length > mostAmounts) {
    throw new ValueError('by', `has ${names.length} amounts; DynamoDB takes at most ${mostAmounts} at once`);
  }
  const wrong = names.find((name) => !Object.hasOwn(amounts, name) || amounts[name]?.N === undefined);
  if (wrong !== undefined) throw new ValueError(`by.${wrong}`, 'is not a number, and only numbers are added');
  const part = names.find((name) => Object.hasOwn(key, name));
  if (part !== undefined) throw new ValueError(`by.${part}`, 'is part of the key, which never changes');
  return amounts;
}

function encodeIncrement(table: string, key: Attributes, by: Attributes): EncodedEffect {
  const entries = Object.entries(by);
  return {
    write: {
      Update: {
        TableName: table,
        Key: key,
        UpdateExpression: `ADD ${entries.map((_, index) => `#a${index} :a${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(entries.map(([name], index) => [`#a${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          entries.map(([, amount], index) => [`:a${index}`, amount]),
        ),
      },
    },
    change: {
      table,
      by: 'key',
      attributes: key,
      bytes: sizeOf(key) + sizeOf(by),
      apply: (there) => added(there ?? key, by),
    },
  };
}

const zero: Decimal = { digits: 0n, exponent: 0 };

function added(there: Attributes, by: Attributes): Attributes {
  const result = { ...there };
  for (const name of Object.keys(by)) {
    const before = Object.hasOwn(result, name) ? numberIn(result, name) : zero;
    if (before === undefined) throw new ValueError(`by.${name}`, 'is added to what is not a number');
    const sum = addDecimals(before, numberIn(by, name) ?? zero);
    const fault = faultOf(sum);
    if (fault !== undefined) throw new ValueError(`by.${name}`, `makes a number that ${fault}`);
    result[name] = { N: textOf(sum) };
  }
  if (sizeOf(result) > largestItem) throw new ValueError('item', 'would be larger than DynamoDB takes');
  return result;
}
