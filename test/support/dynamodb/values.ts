import { compareDecimals, decimalOf, lengthOf, textOf } from './decimal.ts';
import { NotEvaluatedError, ValidationException } from './errors.ts';

/** As JSON has them: binary values are base64. */
export interface Value {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly L?: readonly Value[];
  readonly M?: Item;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
}

export type Item = Readonly<Record<string, Value>>;
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

/**
 * The value as it is kept: of numbers, nothing but what they are.
 * @throws ValidationException for what DynamoDB does not take; NotEvaluatedError for sets.
 */
export function kept(value: Value): Value {
  switch (typeOf(value)) {
    case 'N':
      return { N: textOf(decimalOf(value.N as string)) };
    case 'L':
      return { L: (value.L as readonly Value[]).map(kept) };
    case 'M':
      return { M: keptItem(value.M as Item) };
    case 'SS':
    case 'NS':
    case 'BS':
      throw new NotEvaluatedError('sets');
    default:
      return value;
  }
}

export function keptItem(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, kept(value)]));
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
 * In bytes: DynamoDB Developer Guide, "DynamoDB item sizes and formats". Numbers are "approximately" a byte for two
 * digits, and one more.
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
      return Math.ceil(lengthOf(decimalOf(value.N as string)) / 2) + 1;
    case 'B':
      return Buffer.byteLength(value.B as string, 'base64');
    case 'L':
      return (value.L as readonly Value[]).reduce((total, one) => total + 1 + sizeOfValue(one), 3);
    case 'M':
      return 3 + Object.keys(value.M as Item).length + sizeOf(value.M as Item);
    default:
      return 1;
  }
}
