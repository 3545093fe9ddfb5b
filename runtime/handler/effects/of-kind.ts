import type { EffectKind, EncodedEffect, Merged } from './effect-kind.ts';
import kinds, { type EffectWrite, type VersionedEffect } from './index.ts';

/** The names of all kinds. */
export const kindNames: ReadonlySet<unknown> = new Set(Object.keys(kinds));

/** The kind of an effect. */
export function kindOf<Effect extends EffectWrite>({ kind }: Effect): EffectKind<Effect> {
  // The compiler cannot see that an effect and the entry under its kind belong together.
  return kinds[kind] as unknown as EffectKind<Effect>;
}

/** Whether an effect writes nothing. */
export function isNothing(effect: EffectWrite): boolean {
  return kindOf(effect).isNothing?.(effect) ?? false;
}

/** Whether an effect happens only if it is newer than what is there. */
export function isVersioned(effect: EffectWrite | undefined): effect is VersionedEffect {
  return effect !== undefined && kindOf(effect).versionOf !== undefined;
}

/** The effect in DynamoDB's types. @throws ValueError if DynamoDB would always refuse it. */
export function encode(effect: EffectWrite): EncodedEffect {
  return kindOf(effect).encode(effect);
}

/** Merges two effects on one item into one; see `MergeRule`. */
export function merge(
  before: EffectWrite,
  next: EffectWrite,
  within: 'event' | 'group',
): Merged<EffectWrite> | undefined {
  const { merge: rule } = kindOf(next);
  return rule !== undefined && rule === kindOf(before).merge ? rule(before, next, within) : undefined;
}
