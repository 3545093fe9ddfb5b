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
 * A change of one item of a table. Effects are data: the runtime commits all effects of an event and its record in one
 * transaction.
 */
export type Effect<Amount = number | bigint> =
  | Put
  | PutIfNewer
  | Increment<Amount>
  | Remove
  | RemoveIfNewer
  | Raw;

/**
 * An effect in the form that a store gets. A sum of several increments is decimal text if a double cannot hold it
 * exactly.
 */
export type EffectWrite = Effect<number | bigint | `${number}`>;

/** An effect that happens only if it is newer than the stored item. */
export type VersionedEffect = PutIfNewer | RemoveIfNewer;

/**
 * All kinds of effects. A new kind needs a module, an entry here, and an action in `effectActions`.
 *
 * This is the default export, because the library's entry point re-exports all named ones.
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
