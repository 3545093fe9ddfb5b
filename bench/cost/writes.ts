import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Attributes } from '../../runtime/values/attribute-values.ts';
import { sizeOf } from '../../runtime/values/item-size.ts';

/** One item that a request writes. */
export interface Write {
  readonly table: string;
  readonly key: Attributes;
  /** The new item. Absent for an update, which contains only its changes. */
  readonly proposed?: Attributes;
}

/** Size of a write unit in bytes (DynamoDB Developer Guide, "DynamoDB read and write operations"). */
const unit = 1024;

/**
 * Write units of one item, by the largest of three sizes: before the write, after it, and as it was requested. A failed
 * condition and a cancelled transaction cost the same as a success. In a transaction everything costs twice (the same
 * page).
 */
export function unitsOf(
  { proposed }: Write,
  before: Attributes | undefined,
  after: Attributes | undefined,
  inTransaction: boolean,
): number {
  const largest = Math.max(...[before, after, proposed].map((item) => (item ? sizeOf(item) : 0)));
  return Math.max(1, Math.ceil(largest / unit)) * (inTransaction ? 2 : 1);
}

/** The common input of the SDK's write commands. */
export interface WriteInput {
  readonly TableName?: string;
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly TransactItems?: readonly TransactWriteItem[];
}

/** @param keys Name of the partition key by table. @throws Error for a request that is not a write. */
export function writesOf(input: WriteInput, keys: Readonly<Record<string, string>>): Write[] {
  if (input.TransactItems === undefined) return [writeOf(input, keys)];
  return input.TransactItems.map(({ Put, Update, Delete, ConditionCheck }) =>
    writeOf((Put ?? Update ?? Delete ?? ConditionCheck) as WriteInput, keys),
  );
}

function writeOf({ TableName = '', Item, Key }: WriteInput, keys: Readonly<Record<string, string>>): Write {
  const name = keys[TableName];
  if (name === undefined) throw new Error(`Table "${TableName}" is not a table of this run`);
  if (Key !== undefined) return { table: TableName, key: Key };
  const value = Item?.[name];
  if (Item === undefined || value === undefined) throw new Error(`A write to ${TableName} has no ${name}`);
  return { table: TableName, key: { [name]: value }, proposed: Item };
}
