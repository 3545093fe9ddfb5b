import { LuaError, NotEvaluatedError } from './errors.ts';

/** Of Lua 5.1: a number is a double, and `undefined` is nil. */
export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction;
export type LuaFunction = (...values: readonly LuaValue[]) => readonly LuaValue[];

export class LuaTable {
  readonly #entries = new Map<LuaValue, LuaValue>();

  /** @param values From index 1 on. */
  static of(values: readonly LuaValue[]): LuaTable {
    const table = new LuaTable();
    for (const [index, value] of values.entries()) table.set(index + 1, value);
    return table;
  }

  get(key: LuaValue): LuaValue {
    return this.#entries.get(key);
  }

  set(key: LuaValue, value: LuaValue): void {
    if (key === undefined || Number.isNaN(key)) throw new LuaError(`table index is ${textOf(key)}`);
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, value);
  }

  /** What stands from index 1 on, up to the first nil. */
  get list(): LuaValue[] {
    const list: LuaValue[] = [];
    for (let next = this.get(1); next !== undefined; next = this.get(list.length + 1)) list.push(next);
    return list;
  }

  /** The operator `#`: with a nil in between Lua may answer anything that ends before one. */
  get length(): number {
    const { length } = this.list;
    for (const key of this.#entries.keys()) {
      if (typeof key === 'number' && key > length)
        throw new NotEvaluatedError('the length of a list with gaps');
    }
    return length;
  }

  get names(): LuaValue[] {
    return [...this.#entries.keys()].filter((key) => typeof key !== 'number');
  }
}

export function isTrue(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}

export function typeOf(value: LuaValue): string {
  if (value === undefined) return 'nil';
  return value instanceof LuaTable ? 'table' : typeof value;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** More that C's `strtod` reads as a number. */
const otherNumber = /^[+-]?(0x|inf|nan)/i;

/** The number that a value is, or that a text says; `undefined` for what is none. */
export function numberOf(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
  if (decimal.test(text)) return Number(text);
  if (otherNumber.test(text)) throw new NotEvaluatedError(`the number "${text}"`);
  return undefined;
}

/** @throws LuaError for what is no number, in the name of a function of the library. */
export function argument(value: LuaValue, name: string): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  throw new LuaError(`bad argument to '${name}' (number expected, got ${typeOf(value)})`);
}

/** A whole number as C's `%.17g` and `%.0f` write it. */
export function wholeText(number: number): string {
  if (!Number.isSafeInteger(number)) throw new NotEvaluatedError(`how ${number} is written`);
  return Object.is(number, -0) ? '-0' : String(number);
}

function textOf(value: LuaValue): string {
  return value === undefined ? 'nil' : String(value);
}
