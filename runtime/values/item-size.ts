import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from './attribute-values.ts';
import { type Decimal, decimalOf, digitsOf } from './decimal.ts';

/** 400 KB with attribute names (AWS: "Service, account, and table quotas in Amazon DynamoDB"). */
export const largestItem = 400 * 1024;

/**
 * The bytes that DynamoDB counts for an item (Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats"). The
 * guide gives only approximate sizes of numbers; here they are counted like in DynamoDB Local.
 */
export function sizeOf(item: Readonly<Attributes>): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + sizeOfValue(value);
  return size;
}

function sizeOfValue(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return sizeOfNumber(value.N);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + sizeOf(value.M);
  if (value.L !== undefined) return value.L.reduce((size, member) => size + 1 + sizeOfValue(member), 3);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.SS !== undefined) return value.SS.reduce((size, text) => size + Buffer.byteLength(text), 0);
  if (value.NS !== undefined) return value.NS.reduce((size, text) => size + sizeOfNumber(text), 0);
  if (value.BS !== undefined) return value.BS.reduce((size, bytes) => size + bytes.byteLength, 0);
  return 1;
}

/** One byte per two digits, in pairs from the decimal point; one more for the exponent, and one for a minus sign. */
function sizeOfNumber(text: string): number {
  const { digits, exponent } = decimalOf(text) as Decimal;
  if (digits === 0n) return 1;
  const places = digitsOf(digits).length + Math.abs(exponent % 2);
  return Math.ceil(places / 2) + 1 + Number(digits < 0n);
}
