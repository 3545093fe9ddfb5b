import { path } from '../../../contract/event/exact-json.ts';
import {
  type Attributes,
  marshallItem,
  numberIn,
  refuseOtherThanItem,
  ValueError,
} from '../../values/attribute-values.ts';
import { addDecimals, textOf } from '../../values/decimal.ts';
import type { Item, OnTable } from './effect.ts';
import type { EffectKind, EncodedEffect, Merged } from './effect-kind.ts';
import { encodePut } from './put.ts';

/** An effect that happens only if it is newer than the stored item. */
export interface Versioned extends OnTable {
  readonly kind: string;
  readonly item: Item;
  /** The name of the item's version attribute. */
  readonly version: string;
}

export interface VersionOptions {
  /**
   * The name of the item's version attribute. The version is a string of 1 to 38 digits, for example an event's
   * `sequence`, or a safe integer from 0. It is stored and compared as a DynamoDB number: 10 is newer than 9.
   */
  readonly version: string;
}

/**
 * Makes a kind of effect that writes a whole item only over older ones.
 *
 * @param storedItem Returns the stored form of the item, without its version. @throws ValueError for an invalid item.
 */
export function versionedKind<Effect extends Versioned>(
  storedItem: (effect: Effect) => Item,
): EffectKind<Effect> {
  const itemOf = (effect: Effect) => ({ ...storedItem(effect), [effect.version]: versionOf(effect) });
  return {
    problem: ({ item, version }, check) =>
      check.attributes('item', item) ??
      (typeof version === 'string' && version !== ''
        ? undefined
        : `${check.nameOf(version)} for its version: name the attribute, { version: 'sequence' } for instance`),
    tableOf: ({ table }) => table,
    validate: (effect) => void itemOf(effect),
    placeOf: ({ table, item }) => ({ table, by: 'item', attributes: item }),
    versionOf,
    merge: newest,
    encode(effect) {
      // Checked here, because the copy with the version is a plain object, whatever the class of the item.
      refuseOtherThanItem(effect.item);
      return encodeNewer(effect.table, marshallItem(itemOf(effect)), effect.version, versionOf(effect));
    },
  };
}

/** DynamoDB's numbers have 38 digits (AWS: "Supported data types", Number). */
const digits = /^\d{1,38}$/;

/** @throws ValueError for a version that is neither digits nor a safe integer. */
export function versionOf({ kind, item, version: name }: Versioned): bigint {
  const value = item[name];
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (isNumber || (typeof value === 'string' && digits.test(value))) return BigInt(value);
  const given = value === undefined || value === null ? String(value) : `a ${typeof value} that is none`;
  throw new ValueError(
    path(['item', name]),
    `${kind} has ${given} for its version "${name}": give a string of 1 to 38 digits or a safe integer from 0`,
  );
}

/**
 * Keeps the newer effect of two events. Two versioned effects of one event do not merge, because it is not known which
 * one the handler meant.
 */
function newest<Effect extends Versioned>(
  before: Effect,
  next: Effect,
  within: 'event' | 'group',
): Merged<Effect> | undefined {
  if (within === 'event' || before.version !== next.version) return undefined;
  const held = versionOf(before);
  if (versionOf(next) > held) return { effect: next };
  return { effect: before, held: String(held) };
}

function encodeNewer(table: string, item: Attributes, name: string, version: bigint): EncodedEffect {
  const { write, change } = encodePut(table, item);
  return {
    write: {
      Put: {
        ...write.Put,
        // If the stored version is not a number, there is no item, or it has no version.
        ConditionExpression: 'NOT attribute_type(#version, :number) OR #version < :version',
        ExpressionAttributeNames: { '#version': name },
        ExpressionAttributeValues: { ':version': { N: String(version) }, ':number': { S: 'N' } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      },
    },
    change: {
      ...change,
      heldBy(there) {
        const held = there && numberIn(there, name);
        if (held === undefined) return undefined;
        const isStale = addDecimals(held, { digits: -version, exponent: 0 }).digits >= 0n;
        return isStale ? textOf(held) : undefined;
      },
    },
  };
}
