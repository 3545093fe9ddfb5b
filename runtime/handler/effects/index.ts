import type { EffectKindName } from '../../../contract/effects/effect-actions.ts';
import type { EffectKind } from './effect-kind.ts';
import { type Increment, incrementKind } from './increment.ts';
import { type Put, putKind } from './put.ts';
import { type PutIfNewer, putIfNewerKind } from './put-if-newer.ts';
import { type Raw, rawKind } from './raw.ts';
import { type Remove, removeKind } from './remove.ts';
import { type RemoveIfNewer, removeIfNewerKind } from './remove-if-newer.ts';

export type { Item, ItemOf, KeyOf, TableArgument } from './effect.ts';
export { type Amounts, type Increment, increment } from './increment.ts';
export { type Put, put } from './put.ts';
export { type PutIfNewer, putIfNewer } from './put-if-newer.ts';
export { type Raw, raw } from './raw.ts';
export { type Remove, remove } from './remove.ts';
export { type RemoveIfNewer, removeIfNewer } from './remove-if-newer.ts';
export type { VersionOptions } from './versions.ts';

/**
 * A change of one item of a table. Effects are data: the runtime commits all of an event's effects and its record
 * in one transaction, so that they happen together, once.
 */
export type Effect<Amount = number | bigint> =
  | Put
  | PutIfNewer
  | Increment<Amount>
  | Remove
  | RemoveIfNewer
  | Raw;

/** An effect as a store gets it. The sum of several increments is decimal text if no double holds it exactly. */
export type EffectWrite = Effect<number | bigint | `${number}`>;

/** Happens only if it is newer than what is there. */
export type VersionedEffect = PutIfNewer | RemoveIfNewer;

/**
 * Every kind of effect. A new one has a module of its own, its place here, and an action in `effectActions`.
 *
 * It is the default export because the entry point of the library re-exports all others.
 */
const kinds: { readonly [Kind in EffectKindName]: EffectKind<Extract<EffectWrite, { kind: Kind }>> } = {
  put: putKind,
  putIfNewer: putIfNewerKind,
  increment: incrementKind,
  remove: removeKind,
  removeIfNewer: removeIfNewerKind,
  raw: rawKind,
};

export default kinds;
