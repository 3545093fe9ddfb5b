import { type Attributes, ValueError } from '../../values/attribute-values.ts';
import { type Decimal, decimalOf, textOf } from '../../values/decimal.ts';

/** A key attribute: the name of a text attribute, or a name with DynamoDB's name of its type. */
export type TableKey = string | { readonly name: string; readonly type: 'S' | 'N' | 'B' };

/**
 * The key attributes of each table, by its name: the partition key, then the sort key if there is one. The `tables` of
 * `createConsumer` are in this form.
 */
export type TableKeys = Readonly<Record<string, TableKey | readonly TableKey[]>>;

/** Maximum bytes of a partition key and of a sort key (AWS: "Quotas in Amazon DynamoDB"). */
const largestKeys = [2048, 1024];

/** The key attributes of a table; `undefined` if no such table is known. */
export function keysOf(keys: TableKeys, table: string): readonly TableKey[] | undefined {
  const declared = Object.hasOwn(keys, table) ? keys[table] : undefined;
  return declared === undefined || isList(declared) ? declared : [declared];
}

export function nameOf(key: TableKey): string {
  return typeof key === 'string' ? key : key.name;
}

function isList(keys: TableKey | readonly TableKey[]): keys is readonly TableKey[] {
  return Array.isArray(keys);
}

/**
 * Returns the identity of an item in a table.
 * @param owner The name of the attributes in a reason: `item` or `key`.
 * @throws ValueError for key attributes that DynamoDB refuses.
 */
export function idOf(
  owner: string,
  attributes: Attributes,
  table: string,
  keys: readonly TableKey[],
): string {
  const parts = keys.map((key, place) => {
    const { name, type } = typeof key === 'string' ? ({ name: key, type: 'S' } as const) : key;
    const where = `${owner}.${name}`;
    if (!Object.hasOwn(attributes, name))
      throw new ValueError(where, `is missing, a key of table "${table}"`);
    const [actual] = Object.keys(attributes[name] ?? {});
    const value = attributes[name]?.[type];
    if (value === undefined) {
      throw new ValueError(
        where,
        `has type ${actual}, and table "${table}" has keys of type ${type}; give a ${names[type]}, or name the type in the table's keys`,
      );
    }
    const bytes = type === 'N' ? 1 : Buffer.byteLength(value);
    const most = largestKeys[place] ?? 0;
    if (bytes === 0) throw new ValueError(where, `is empty, and a key of table "${table}"`);
    if (bytes > most) throw new ValueError(where, `has ${bytes} bytes; this key takes at most ${most}`);
    return type === 'N' ? textOf(decimalOf(value as string) as Decimal) : Buffer.from(value).toString('hex');
  });
  return JSON.stringify(parts);
}

/** @throws ValueError for an attribute that is not part of the table's key. */
export function refuseOthers(key: Attributes, table: string, keys: readonly TableKey[]): void {
  const known = keys.map(nameOf);
  const other = Object.keys(key).find((name) => !known.includes(name));
  if (other === undefined) return;
  throw new ValueError(`key.${other}`, `is not a key of table "${table}", whose key is ${known.join(', ')}`);
}

const names = { S: 'text', N: 'number', B: 'binary value' } as const;
