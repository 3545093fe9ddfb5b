import { isPlainObject } from '../plain-object.ts';

/**
 * What DynamoDB takes for sure: numbers of 38 digits, of any size between 1e-130 and 1e125, and documents of 32 levels
 * (AWS: "Supported data types and naming rules in Amazon DynamoDB").
 */
const limits = { digits: 38, most: 1e125, least: 1e-129, levels: 30 };

/**
 * About how many bytes a value takes in DynamoDB; infinite where DynamoDB, or its client, may refuse it. What a fold
 * leaves out for something newer is never seen by the store, and must not pass for that reason.
 */
export function sizeOf(value: unknown, level = 0): number {
  if (level > limits.levels) return Number.POSITIVE_INFINITY;
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value) + 3;
    case 'number': {
      const size = Math.abs(value);
      return value === 0 || (size <= limits.most && size >= limits.least) ? 21 : Number.POSITIVE_INFINITY;
    }
    case 'bigint':
      return String(value).length <= limits.digits ? limits.digits : Number.POSITIVE_INFINITY;
    case 'boolean':
    case 'undefined':
      return 1;
    case 'object':
      return value === null ? 1 : sizeOfMembers(value, level + 1);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function sizeOfMembers(value: object, level: number): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + 1 + sizeOf(one, level), 3);
  // The client takes an object for an instance of a class if it has a constructor of its own.
  if (!isPlainObject(value) || Object.hasOwn(value, 'constructor')) return Number.POSITIVE_INFINITY;
  return Object.entries(value).reduce(
    // An attribute has a name.
    (sum, [name, member]) =>
      sum + (name === '' ? Number.POSITIVE_INFINITY : 1 + Buffer.byteLength(name)) + sizeOf(member, level),
    3,
  );
}
