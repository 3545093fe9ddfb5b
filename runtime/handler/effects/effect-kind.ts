import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Attributes } from '../../values/attribute-values.ts';
import type { Item } from './effect.ts';

/**
 * Everything that the runtime and its stores know about one kind of effect. The methods get effects that `problem` and
 * `validate` have accepted, unless stated otherwise.
 */
export interface EffectKind<Effect> {
  /**
   * Describes an invalid member of an effect, whose members are unchecked; `undefined` if all are valid. The text
   * completes "the effect has ...".
   */
  problem(effect: Effect, check: MemberChecks): string | undefined;
  /** The table name of an unchecked effect. */
  tableOf(effect: Effect): unknown;
  /** Checks an effect whose members are valid. @throws Error that describes any other problem. */
  validate?(effect: Effect): void;
  /** The item that the effect writes. */
  placeOf(effect: Effect): Place;
  /** Whether the effect writes nothing, so that it is not sent. @default - it writes something */
  isNothing?(effect: Effect): boolean;
  /** The version of the effect. A store writes the effect only over an item with a lower version. */
  versionOf?(effect: Effect): bigint;
  /** Merges two effects on one item. Kinds with the same rule merge with each other. @default - effects never merge */
  readonly merge?: MergeRule<Effect>;
  /**
   * The effect in DynamoDB's types. Every store writes this, so that all stores refuse the same effects.
   *
   * @throws ValueError that names the place in the effect and why DynamoDB refuses it. Rules that depend on the stored
   *   item are checked by the store.
   */
  encode(effect: Effect): EncodedEffect;
}

/** Checks of members that all kinds share. */
export interface MemberChecks {
  /** Describes the problem of a member with attributes; `undefined` if it is valid. */
  attributes(member: string, value: unknown): string | undefined;
  /** Whether a value can be added to an attribute. */
  isAmount(value: unknown): boolean;
  /** Describes a value for an error message, with the likely fix. */
  nameOf(value: unknown): string;
}

/** The item that an effect writes, as far as it is known from the effect. */
export interface Place {
  readonly table: string;
  /** `key`: the attributes are exactly the item's key. `item`: the attributes include the key. */
  readonly by: 'key' | 'item';
  readonly attributes: Item;
}

/**
 * @param before The first effect.
 * @param within Whether both effects belong to one event, or to two events of one group.
 * @returns One effect with the result of both, one after the other; `undefined` if there is none.
 */
export type MergeRule<Effect> = (
  before: Effect,
  next: Effect,
  within: 'event' | 'group',
) => Merged<Effect> | undefined;

export interface Merged<Effect> {
  readonly effect: Effect;
  /** If `before` makes `next` stale: the version of `before`, in digits. */
  readonly held?: string;
}

/** An effect in DynamoDB's types. */
export interface EncodedEffect {
  /** The write that is sent to DynamoDB. */
  readonly write: TransactWriteItem;
  /** The change of the item, for other stores than DynamoDB. Absent for a write that only DynamoDB understands. */
  readonly change?: ItemChange;
}

export interface ItemChange {
  readonly table: string;
  /** As in `Place`. */
  readonly by: Place['by'];
  readonly attributes: Attributes;
  /** Size in bytes, as DynamoDB counts an item. */
  readonly bytes: number;
  /** Returns the version of the stored item, in digits, if it makes the effect stale. @default - never stale */
  heldBy?(there: Attributes | undefined): string | undefined;
  /**
   * Returns the item after the effect; `undefined` if there is none.
   *
   * @throws ValueError if DynamoDB refuses the effect over the stored item.
   */
  apply(there: Attributes | undefined): Attributes | undefined;
}
