import { compareDecimals, decimalOf, textOf } from './decimal.ts';
import { ValidationException } from './errors.ts';
import type { Item, Value } from './item.ts';

export type ValueType = keyof Value;

export const valueTypes: ReadonlySet<string> = new Set<ValueType>([
  'S',
  'N',
  'B',
  'BOOL',
  'NULL',
  'L',
  'M',
  'SS',
  'NS',
  'BS',
]);

export function typeOf(value: Value): ValueType {
  const [type, ...others] = Object.keys(value);
  if (type === undefined || others.length > 0 || !valueTypes.has(type)) {
    throw new ValidationException(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  }
  return type as ValueType;
}

/** DynamoDB Developer Guide, "Supported data types" and "Quotas"; how deep exactly, DynamoDB Local says. */
const deepest = 31;
const longestName = 65_535;

/**
 * The value as it is kept: of numbers, nothing but what they are; sets in an order of their own.
 * @param depth How many documents it stands in, its item included.
 * @throws ValidationException for what DynamoDB does not take.
 */
export function kept(value: Value, depth = 1): Value {
  const type = typeOf(value);
  if ((type === 'L' || type === 'M') && depth > deepest) {
    throw new ValidationException(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
  }
  switch (type) {
    case 'N':
      return { N: textOf(decimalOf(value.N as string)) };
    case 'L':
      return { L: (value.L as readonly Value[]).map((one) => kept(one, depth + 1)) };
    case 'M':
      return { M: keptItem(value.M as Item, depth + 1) };
    case 'SS':
      return { SS: keptSet(value.SS as readonly string[], 'utf8') };
    case 'BS':
      return { BS: keptSet(value.BS as readonly string[], 'base64') };
    case 'NS': {
      const numbers = (value.NS as readonly string[]).map(decimalOf).sort(compareDecimals);
      return { NS: withoutDuplicates(numbers.map(textOf)) };
    }
    default:
      return value;
  }
}

export function keptItem(item: Item, depth = 1): Item {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      refuseName(name);
      return [name, kept(value, depth)];
    }),
  );
}

/** @throws ValidationException for a name that no attribute may have. */
export function refuseName(name: string): void {
  if (name === '') throw new ValidationException('Empty attribute name');
  if (Buffer.byteLength(name) > longestName) {
    throw new ValidationException(`Attribute name is too large, must be less than ${longestName + 1} bytes`);
  }
}

function keptSet(members: readonly string[], encoding: 'utf8' | 'base64'): readonly string[] {
  const bytes = (text: string) => Buffer.from(text, encoding);
  return withoutDuplicates(members.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b))));
}

function withoutDuplicates(members: readonly string[]): readonly string[] {
  if (members.length === 0) {
    throw new ValidationException(
      'One or more parameter values were invalid: An string set  may not be empty',
    );
  }
  if (new Set(members).size === members.length) return members;
  throw new ValidationException('Input collection contains duplicates');
}

/** An item's own attribute: every object has others, `constructor` for instance. */
export function attributeOf(item: Item | undefined, name: string): Value | undefined {
  return item !== undefined && Object.hasOwn(item, name) ? item[name] : undefined;
}

/** Whether two kept values are the same one; those of two types never are. */
export function areEqual(a: Value, b: Value): boolean {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  if (type === 'L') {
    const [first, second] = [a.L as readonly Value[], b.L as readonly Value[]];
    return first.length === second.length && first.every((one, at) => areEqual(one, second[at] as Value));
  }
  if (type === 'M') {
    const [first, second] = [a.M as Item, b.M as Item];
    const names = Object.keys(first);
    const isIn = (name: string) => Object.hasOwn(second, name);
    return (
      names.length === Object.keys(second).length &&
      names.every((name) => isIn(name) && areEqual(first[name] as Value, second[name] as Value))
    );
  }
  if (type === 'SS' || type === 'NS' || type === 'BS') {
    return JSON.stringify(a[type]) === JSON.stringify(b[type]);
  }
  return a[type] === b[type];
}

/** Types that have an order: DynamoDB Developer Guide, "Comparison operator and function reference". */
export const ordered: ReadonlySet<ValueType> = new Set(['S', 'N', 'B']);

/** As for sorting; undefined for values that have no order with each other. */
export function compareValues(a: Value, b: Value): number | undefined {
  const type = typeOf(a);
  if (type !== typeOf(b) || !ordered.has(type)) return undefined;
  if (type === 'N') return compareDecimals(decimalOf(a.N as string), decimalOf(b.N as string));
  // Texts by the bytes of their UTF-8, not by UTF-16 as JavaScript does.
  const encoding = type === 'S' ? 'utf8' : 'base64';
  return Buffer.compare(Buffer.from(a[type] as string, encoding), Buffer.from(b[type] as string, encoding));
}

/**
 * In bytes: DynamoDB Developer Guide, "DynamoDB item sizes and formats". What the guide says "approximately" of numbers
 * is as DynamoDB Local counts.
 */
export function sizeOf(item: Item): number {
  return Object.entries(item).reduce(
    (total, [name, value]) => total + Buffer.byteLength(name) + sizeOfValue(value),
    0,
  );
}

function sizeOfValue(value: Value): number {
  switch (typeOf(value)) {
    case 'S':
      return Buffer.byteLength(value.S as string);
    case 'N':
      return sizeOfNumber(value.N as string);
    case 'B':
      return Buffer.byteLength(value.B as string, 'base64');
    case 'L':
      return (value.L as readonly Value[]).reduce((total, one) => total + 1 + sizeOfValue(one), 3);
    case 'M':
      return 3 + Object.keys(value.M as Item).length + sizeOf(value.M as Item);
    case 'SS':
      return (value.SS as readonly string[]).reduce((total, one) => total + Buffer.byteLength(one), 0);
    case 'BS':
      return (value.BS as readonly string[]).reduce(
        (total, one) => total + Buffer.byteLength(one, 'base64'),
        0,
      );
    case 'NS':
      return (value.NS as readonly string[]).reduce((total, one) => total + sizeOfNumber(one), 0);
    default:
      return 1;
  }
}

/** One byte for each digit to the base of 100, one more, and one for a minus. */
function sizeOfNumber(text: string): number {
  const [, sign, whole = '', fraction = ''] = /^(-?)0?(\d*)(?:\.(\d+))?$/.exec(textOf(decimalOf(text))) ?? [];
  const pairs =
    (whole.length % 2 === 0 ? whole : `0${whole}`) + (fraction.length % 2 === 0 ? fraction : `${fraction}0`);
  const significant = pairs.replace(/^(?:00)+/, '').replace(/^((?:\d\d)*?)(?:00)+$/, '$1');
  return significant.length / 2 + 1 + Number(sign === '-');
}
