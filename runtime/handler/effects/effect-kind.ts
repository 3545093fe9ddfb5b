import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Attributes } from '../../values/attribute-values.ts';
import type { Item } from './effect.ts';

/**
 * One kind of effect: everything that the runtime and its stores know of it. The methods get effects that `problem` and
 * `validate` have passed, unless they say otherwise.
 */
export interface EffectKind<Effect> {
  /**
   * What is wrong with the members of an effect, which may hold anything so far; `undefined` for nothing. It completes the
   * sentence "the effect has ...".
   */
  problem(effect: Effect, check: MemberChecks): string | undefined;
  /** The name of its table, of an effect that nothing has passed yet. */
  tableOf(effect: Effect): unknown;
  /** @throws Error for what is wrong besides, once the members are right. */
  validate?(effect: Effect): void;
  /** Where it writes. */
  placeOf(effect: Effect): Place;
  /** Whether it writes nothing, and so is not sent. @default - it writes something */
  isNothing?(effect: Effect): boolean;
  /** What makes it newer or older than the item that is there: a store writes it over older items only. */
  versionOf?(effect: Effect): bigint;
  /** How two effects on one item become one. Kinds with the same rule merge with each other. @default - they never do */
  readonly merge?: MergeRule<Effect>;
  /**
   * The effect in DynamoDB's types. Every store writes this, so that all stores refuse the same effects.
   *
   * @throws ValueError that names the place in the effect, and why DynamoDB does not take it. The rules that depend on the
   *   item that is there are the store's.
   */
  encode(effect: Effect): EncodedEffect;
}

/** What the kinds ask of a member. */
export interface MemberChecks {
  /** What is wrong with a member that holds attributes; `undefined` for nothing. */
  attributes(member: string, value: unknown): string | undefined;
  /** Whether a value can be added to an attribute. */
  isAmount(value: unknown): boolean;
  /** What a value is, for people, and what to do about it if that is likely. */
  nameOf(value: unknown): string;
}

/** The item that an effect writes, as far as the effect tells. */
export interface Place {
  readonly table: string;
  /** `key` is all of the item's key; `item` has the key among its attributes. */
  readonly by: 'key' | 'item';
  readonly attributes: Item;
}

/**
 * @param before Comes first.
 * @param within Whether both are of one event, or of two events of one group.
 * @returns One effect that does what the two would do one after the other; `undefined` if there is none.
 */
export type MergeRule<Effect> = (
  before: Effect,
  next: Effect,
  within: 'event' | 'group',
) => Merged<Effect> | undefined;

export interface Merged<Effect> {
  readonly effect: Effect;
  /** Set if `before` makes `next` stale: the version of `before`, in digits. */
  readonly held?: string;
}

/** An effect in DynamoDB's types. */
export interface EncodedEffect {
  /** What DynamoDB is sent. */
  readonly write: TransactWriteItem;
  /** What it does to its item, for a store that is not DynamoDB. Absent for a write that only DynamoDB understands. */
  readonly change?: ItemChange;
}

export interface ItemChange {
  readonly table: string;
  /** As in `Place`. */
  readonly by: Place['by'];
  readonly attributes: Attributes;
  /** As DynamoDB counts those of an item. */
  readonly bytes: number;
  /** The version of the item that is there, in digits, if it makes the effect stale. @default - never stale */
  heldBy?(there: Attributes | undefined): string | undefined;
  /**
   * The item that it leaves; `undefined` for none.
   *
   * @throws ValueError if DynamoDB refuses it over the item that is there.
   */
  apply(there: Attributes | undefined): Attributes | undefined;
}
