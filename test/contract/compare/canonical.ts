import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { decimalOf, textOf } from '../../support/dynamodb/decimal.ts';

/** A value as a text that equal values share, whichever way a store reads numbers: exact to the last digit. */
export function canonical(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValueImpl) {
    return textOf(decimalOf(String(value)));
  }
  if (ArrayBuffer.isView(value)) {
    return `bytes ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  }
  if (value instanceof Set) return `set ${[...value].map(canonical).sort().join()}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
