import { types } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { NumberValueImpl, unmarshall } from '@aws-sdk/util-dynamodb';
import { path } from '../../contract/event/exact-json.ts';
import { areSame, type Decimal, decimalOf, digitsOf, textOf } from './decimal.ts';
import { isPlainObject } from './plain-object.ts';

/** An item, or a key, in DynamoDB's own types. */
export type Attributes = Record<string, AttributeValue>;

/**
 * Amazon DynamoDB Developer Guide, "Supported data types and naming rules" and "Quotas"; compared with DynamoDB Local.
 */
const limits = {
  digits: 38,
  /** Decimal exponents of the first digit. */
  least: -130,
  most: 125,
  /** Maximum nesting of documents below the item. */
  levels: 31,
  nameBytes: 65_535,
} as const;

/** A value in an item that DynamoDB refuses: its place, the reason, and the fix. */
export class ValueError extends Error {
  /** For example `item.lines[0].when`. */
  readonly place: string;
  /** The reason and the fix. */
  readonly reason: string;

  constructor(place: string, reason: string) {
    super(`${place}: ${reason}`);
    this.name = 'ValueError';
    this.place = place;
    this.reason = reason;
  }
}

/**
 * Converts a plain item to DynamoDB's types. Members that are `undefined` are left out, in lists too.
 *
 * The SDK's `marshall` is not used for writing. It distinguishes types by the name of a value's `constructor`, which
 * may be a member of an order. It silently drops functions, and it converts the numbers in a set of texts to texts.
 *
 * @param name The name of the item in a reason.
 * @throws ValueError for a value without a DynamoDB type, or one that its type cannot hold.
 */
export function marshallItem(item: unknown, name = 'item'): Attributes {
  refuseOtherThanItem(item, name);
  return new Marshalling(name).members(item);
}

/** @throws ValueError for a value that is not an object of attributes. */
export function refuseOtherThanItem(item: unknown, name = 'item'): asserts item is object {
  if (isPlainObject(item) || types.isMap(item)) return;
  throw new ValueError(name, `${kindOf(item)} is not an item; give a plain object`);
}

/**
 * Converts an item to plain values. Numbers become numbers if a double is exact, bigints if they are larger whole
 * numbers, and the SDK's `NumberValue` otherwise. Sets become `Set`s, binary values `Uint8Array`s.
 */
export function unmarshallItem(attributes: Readonly<Attributes>): Record<string, unknown> {
  return unmarshall(attributes, { wrapNumbers: numberOf });
}

/** The number in an attribute; `undefined` if it is missing or has another type. */
export function numberIn(attributes: Readonly<Attributes>, name: string): Decimal | undefined {
  const text = Object.hasOwn(attributes, name) ? attributes[name]?.N : undefined;
  return text === undefined ? undefined : decimalOf(text);
}

/** Why DynamoDB cannot store a number; `undefined` if it can. */
export function faultOf({ digits, exponent }: Decimal): string | undefined {
  const length = digitsOf(digits).length;
  if (length > limits.digits)
    return `has ${length} digits; a number of DynamoDB has at most ${limits.digits}`;
  const magnitude = exponent + length - 1;
  const isWithin = digits === 0n || (magnitude <= limits.most && magnitude >= limits.least);
  return isWithin ? undefined : `is outside of DynamoDB's numbers, 1e${limits.least} to 9.9e${limits.most}`;
}

class Marshalling {
  readonly #name: string;
  /** Path from the item to the current value. */
  readonly #keys: string[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  members(value: object): Attributes {
    this.#checkDepth();
    const members: Attributes = {};
    for (const [key, member] of types.isMap(value) ? value : Object.entries(value)) {
      if (member === undefined) continue;
      const name = typeof key === 'number' ? String(key) : key;
      this.#keys.push(String(name));
      this.#checkName(name);
      if (Object.hasOwn(members, name)) throw this.#error('two keys of a Map have this name');
      members[name] = this.#value(member);
      this.#keys.pop();
    }
    const symbol = Object.getOwnPropertySymbols(value).find((key) =>
      Object.prototype.propertyIsEnumerable.call(value, key),
    );
    if (symbol !== undefined) throw this.#error(`${String(symbol)} is not a name; give a text`);
    return members;
  }

  #value(value: unknown): AttributeValue {
    switch (typeof value) {
      case 'string':
        return { S: value };
      case 'boolean':
        return { BOOL: value };
      case 'number':
      case 'bigint':
        return { N: this.#number(value) };
      case 'object':
        return value === null ? { NULL: true } : this.#object(value);
      default:
        throw this.#error(`a ${typeof value} has no DynamoDB type; leave it out`);
    }
  }

  #object(value: unknown): AttributeValue {
    if (Array.isArray(value)) return { L: this.#list(value) };
    if (isPlainObject(value) || types.isMap(value)) return { M: this.members(value) };
    if (types.isSet(value)) return this.#set(value);
    if (value instanceof NumberValueImpl) return { N: this.#number(value) };
    const bytes = bytesOf(value);
    if (bytes !== undefined) return { B: bytes };
    if (types.isBoxedPrimitive(value)) return this.#value(value.valueOf());
    throw this.#error(`${kindOf(value)} has no DynamoDB type; ${remedyOf(value)}`);
  }

  #list(value: readonly unknown[]): AttributeValue[] {
    this.#checkDepth();
    const members: AttributeValue[] = [];
    for (const [index, member] of value.entries()) {
      if (member === undefined) continue;
      this.#keys.push(String(index));
      members.push(this.#value(member));
      this.#keys.pop();
    }
    return members;
  }

  #set(value: ReadonlySet<unknown>): AttributeValue {
    const members = [...value].filter((member) => member !== undefined).map((member) => this.#value(member));
    const kinds = [...new Set(members.flatMap(Object.keys))];
    const [kind = ''] = kinds;
    if (members.length === 0) throw this.#error('a set is empty, which DynamoDB does not take; leave it out');
    if (kinds.length > 1 || !['S', 'N', 'B'].includes(kind)) {
      throw this.#error('a set of DynamoDB has only texts, only numbers or only binary values; give a list');
    }
    const texts = members.map(
      ({ S, N, B }) => S ?? (N && canonical(N)) ?? Buffer.from(B ?? []).toString('hex'),
    );
    if (new Set(texts).size < texts.length) throw this.#error('a value is in the set twice');
    return { [`${kind}S`]: members.flatMap(Object.values) } as unknown as AttributeValue;
  }

  #number(value: number | bigint | NumberValueImpl): string {
    const text = String(value);
    if (typeof value === 'number' && Number.isSafeInteger(value)) return text;
    const number = decimalOf(text);
    const fault = number === undefined ? 'is not a number of DynamoDB' : faultOf(number);
    if (fault !== undefined) {
      const shown = typeof value === 'number' && !Number.isFinite(value) ? text : 'the number';
      throw this.#error(`${shown} ${fault}`);
    }
    return text;
  }

  #checkDepth(): void {
    if (this.#keys.length <= limits.levels) return;
    throw this.#error(`nested deeper than the ${limits.levels} levels that DynamoDB takes below an item`);
  }

  #checkName(name: unknown): asserts name is string {
    if (typeof name !== 'string') throw this.#error(`${kindOf(name)} is not a name; give a text`);
    if (name === '') throw this.#error('an attribute has an empty name, which DynamoDB does not take');
    // Code that copies objects by assignment silently loses it, for example `unmarshall`.
    if (name === '__proto__') throw this.#error('an attribute must not be named "__proto__"');
    if (name.length > limits.nameBytes / 3 && Buffer.byteLength(name) > limits.nameBytes) {
      throw this.#error(`an attribute has a name longer than ${limits.nameBytes} bytes`);
    }
  }

  #error(reason: string): ValueError {
    const keys = this.#keys.map((key) => (key.length > 100 ? `${key.slice(0, 100)}…` : key));
    return new ValueError(path([this.#name, ...keys]), reason);
  }
}

/** A copy, because the handler may reuse the buffer for its next event. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  }
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value).slice() : undefined;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || value === null)
    return value === null || value === undefined ? String(value) : `a ${typeof value}`;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object';
}

function remedyOf(value: unknown): string {
  if (types.isDate(value)) return 'give its ISO text';
  return types.isPromise(value) ? 'await it' : 'give a plain object';
}

function canonical(text: string): string {
  return textOf(decimalOf(text) as Decimal);
}

function numberOf(text: string): number | bigint | NumberValueImpl {
  const number = Number(text);
  if (Number.isSafeInteger(number) && String(number) === text) return number;
  const decimal = decimalOf(text) as Decimal;
  const known = decimalOf(String(number));
  const isHeld = known !== undefined && areSame(known, decimal);
  if (isHeld && (!Number.isInteger(number) || Number.isSafeInteger(number))) return number;
  return decimal.exponent >= 0 ? BigInt(textOf(decimal)) : new NumberValueImpl(text);
}
