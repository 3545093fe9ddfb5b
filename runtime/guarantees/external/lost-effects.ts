import { effectName, isIterator, looksLikeEffect } from '../../handler/check-effects.ts';
import { InvalidEffectsError } from '../../handler/errors.ts';
import { ignoreRejection, isPromise } from '../../handler/promise.ts';

/**
 * Refuses a result of an external handler that nobody would do: effects, which nothing commits under these guarantees, and
 * promises in a list or an iterator, whose work may not have been done. Nothing else of a result is judged: the handler
 * has acted.
 *
 * @throws InvalidEffectsError
 */
export function refuseLostEffects(result: unknown): void {
  let found: string | undefined;
  try {
    found = findIn(result, [], new Set());
  } catch {
    // A member that throws when it is read is the handler's own affair, and it has acted.
  }
  if (found !== undefined) throw new InvalidEffectsError(`The handler returned ${found}`);
}

/** @param places Where the value is in the lists that hold it, from 1; none for the result itself. */
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
  // All of them, so that no promise among them rejects unheard.
  const inside = [...value].map((member, index) => findIn(member, [...places, index + 1], seen));
  return inside.find((found) => found !== undefined);
}

function isList(value: unknown): value is Iterable<unknown> {
  return Array.isArray(value) || Object.prototype.toString.call(value) === '[object Set]';
}
