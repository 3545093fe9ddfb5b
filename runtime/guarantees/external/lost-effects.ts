import { effectName, isIterator, looksLikeEffect } from '../../handler/check-effects.ts';
import { InvalidEffectsError } from '../../handler/errors.ts';
import { ignoreRejection, isPromise } from '../../handler/promise.ts';

/**
 * Refuses a result of an external handler that contains effects, promises in a list, or an iterator. Under these
 * guarantees nothing commits effects, and the work of such promises and iterators may not be done. Any other result is
 * accepted, because the handler has acted.
 *
 * @throws InvalidEffectsError
 */
export function refuseLostEffects(result: unknown): void {
  let found: string | undefined;
  try {
    found = findIn(result, [], new Set());
  } catch {
    // A member that throws when it is read is accepted, because the handler has acted.
  }
  if (found !== undefined) throw new InvalidEffectsError(`The handler returned ${found}`);
}

/** @param places Positions of the value in the lists that contain it, from 1; empty for the result itself. */
function findIn(value: unknown, places: readonly number[], seen: Set<unknown>): string | undefined {
  const at = places.length === 0 ? '' : ` as member ${places.join('.')} of its list`;
  if (looksLikeEffect(value)) {
    return `an effect (${effectName(value)})${at}: only exactlyOnce() commits effects, an external handler acts by itself`;
  }
  if (isIterator(value))
    return `an iterator${at}, whose steps nobody takes: make the handler an async function`;
  if (isPromise(value)) {
    ignoreRejection(value);
    return `a promise${at}: await it, or its work may not be done`;
  }
  if (!isList(value) || seen.has(value)) return undefined;
  seen.add(value);
  // All members, so that no promise among them rejects without a handler.
  const inside = [...value].map((member, index) => findIn(member, [...places, index + 1], seen));
  return inside.find((found) => found !== undefined);
}

function isList(value: unknown): value is Iterable<unknown> {
  return Array.isArray(value) || Object.prototype.toString.call(value) === '[object Set]';
}
