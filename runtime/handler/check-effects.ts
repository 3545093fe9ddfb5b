import { ConfigurationError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';
import { canonicalDecimal } from '../values/decimal.ts';
import { effectBrand } from './effects/effect.ts';
import type { Effect, EffectWrite } from './effects/index.ts';
import { keyProblem } from './effects/item-id.ts';
import { kindNames, kindOf } from './effects/of-kind.ts';
import { describe, InvalidEffectsError } from './errors.ts';
import { ignoreRejection, isPromise } from './promise.ts';

/**
 * Checks every member of the list of effects that a handler returned, because esbuild does not check types, and an
 * invalid member would be lost.
 *
 * @throws InvalidEffectsError that names the position and the value; ConfigurationError for an effect without a table
 *   name.
 */
export function effectsIn(returned: unknown): readonly Effect[] {
  if (!Array.isArray(returned)) {
    throw new InvalidEffectsError(
      `The handler returned ${nameOf(returned)} and not a list of effects: return [] for no effect`,
    );
  }
  for (const member of returned) {
    if (isPromise(member)) ignoreRejection(member);
  }
  for (const [index, member] of returned.entries()) {
    requireEffect(member, `Effect ${index + 1} of the handler's list`, isNumber);
  }
  return returned;
}

/** Checks one write before a store gets it. @throws The errors of `effectsIn`. */
export function requireWrite(value: unknown): asserts value is EffectWrite {
  requireEffect(value, 'It', (amount) => isNumber(amount) || canonicalDecimal(amount) !== undefined);
}

function requireEffect(value: unknown, name: string, isAmount: (amount: unknown) => boolean): void {
  if (!isObject(value) || !kindNames.has(value.kind)) {
    throw new InvalidEffectsError(`${name} is ${nameOf(value)}`);
  }
  const effect = value as unknown as EffectWrite;
  const kind = kindOf(effect);
  const problem = kind.problem(effect, { attributes: memberProblem, isAmount, nameOf });
  if (problem !== undefined) throw new InvalidEffectsError(`${name} (${effect.kind}) has ${problem}`);
  requireTable(kind.tableOf(effect), `${name} (${effect.kind})`);
  try {
    kind.validate?.(effect);
  } catch (error) {
    throw new InvalidEffectsError(`${name} is wrong: ${describe(error)}`);
  }
  const wrongKey = keyProblem(effect);
  if (wrongKey !== undefined)
    throw new InvalidEffectsError(`${name} (${effectName(effect)}) has ${wrongKey}`);
}

/** The name of an effect in error messages: its kind and its table. */
export function effectName(effect: { readonly kind: string }): string {
  const table = kindNames.has(effect.kind) ? kindOf(effect as Effect).tableOf(effect as Effect) : undefined;
  return table === undefined ? effect.kind : `${effect.kind} on table ${quoted(table)}`;
}

/** The given table name can be any value, also one without a JSON form. */
function quoted(table: unknown): string {
  return typeof table === 'string' ? JSON.stringify(table) : nameOf(table);
}

function requireTable(table: unknown, name: string): void {
  if (typeof table === 'string' && table.trim() !== '') return;
  throw new ConfigurationError(
    `${name} has ${quoted(table)} for its table name: is the setting or environment variable set that names it?`,
  );
}

function memberProblem(member: string, value: unknown): string | undefined {
  if (isObject(value)) return undefined;
  return `${nameOf(value)} for its ${member}: give an object of attributes`;
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(value) || typeof value === 'bigint';
}

/** Accepts instances of classes too, because only the store knows which of them are valid. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]' && !isPromise(value);
}

/** Whether a value is an iterator, whose code has not run yet if it is a generator. */
export function isIterator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isIterable = Symbol.iterator in value || Symbol.asyncIterator in value;
  return isIterable && typeof (value as { readonly next?: unknown }).next === 'function';
}

/** Whether a value is an effect that this library made, or has the members of one. */
export function looksLikeEffect(value: unknown): value is { readonly kind: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind } = value as { readonly kind?: unknown };
  return effectBrand in value || (kindNames.has(kind) && ('table' in value || 'write' in value));
}

/** Describes a value for an error message, with the likely fix. Texts and numbers may be personal data, and are not quoted. */
function nameOf(value: unknown): string {
  if (isPromise(value)) return 'a promise: await it';
  if (Array.isArray(value)) return 'a list: spread its members with "..."';
  if (isIterator(value)) return 'an iterator: make a list of it with [...]';
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : 'a text';
    case 'function':
      return 'a function: call it';
    case 'object':
      return value === null ? 'null' : objectName(value);
    case 'number':
      return Number.isFinite(value) ? 'a number' : String(value);
    case 'undefined':
    case 'boolean':
      return String(value);
    default:
      return `a ${typeof value}`;
  }
}

function objectName(value: object): string {
  if (value instanceof Set || value instanceof Map) {
    return `a ${value.constructor.name}: make a list of it with [...]`;
  }
  const { kind } = value as { readonly kind?: unknown };
  if (kindNames.has(kind)) return `one effect (${effectName(value as Effect)}): put it in a list`;
  if (kind === undefined) return 'an object without the kind of an effect';
  const known = [...kindNames].join(', ');
  return `an object of the kind ${JSON.stringify(truncate(String(kind), 100))}: effects are of the kinds ${known}`;
}
