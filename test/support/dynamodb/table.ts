import { ServiceError, ValidationException } from './errors.ts';
import type { Item, Value } from './item.ts';
import { attributeOf, typeOf } from './values.ts';

/** DynamoDB Developer Guide, "Quotas": 400 KB, names included; 2,048 bytes of a partition key, 1,024 of a sort key. */
export const largestItem = 400 * 1024;
const largestKeys = [2048, 1024] as const;

/** Names of the key attributes, all of them strings: the partition key, then the sort key where there is one. */
export type KeyAttributes = readonly [partition: string, sort?: string];

/** A table's items, by what its key attributes hold. */
export class Table {
  readonly name: string;
  readonly keyAttributes: readonly string[];
  /** By `idOf` their keys. */
  readonly items = new Map<string, Item>();

  constructor(name: string, keyAttributes: KeyAttributes) {
    this.name = name;
    this.keyAttributes = keyAttributes as readonly string[];
  }

  /** @throws ValidationException for what is not the table's key, no attribute more and none less. */
  idOfKey(key: Item): string {
    if (
      Object.keys(key).length !== this.keyAttributes.length ||
      this.keyAttributes.some((name) => !attributeOf(key, name))
    ) {
      throw new ValidationException('The provided key element does not match the schema');
    }
    return this.#idOf(key, () => 'The provided key element does not match the schema');
  }

  /** @throws ValidationException for an item without its key. */
  idOfItem(item: Item): string {
    const missing = this.keyAttributes.find((name) => attributeOf(item, name) === undefined);
    if (missing !== undefined) {
      throw new ValidationException(
        `One or more parameter values were invalid: Missing the key ${missing} in the item`,
      );
    }
    return this.#idOf(
      item,
      (name, type) =>
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: S actual: ${type}`,
    );
  }

  #idOf(item: Item, mismatch: (name: string, type: string) => string): string {
    const parts = this.keyAttributes.map((name, place) => {
      const value = item[name] as Value;
      if (value.S === undefined) throw new ValidationException(mismatch(name, typeOf(value)));
      if (value.S === '') {
        throw new ValidationException(
          `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
        );
      }
      const most = largestKeys[place] as number;
      if (Buffer.byteLength(value.S) > most) {
        const which = place === 0 ? 'hashkey' : 'rangekey';
        throw new ValidationException(
          `One or more parameter values were invalid: Size of ${which} has exceeded the maximum size limit of${most} bytes`,
        );
      }
      return value.S;
    });
    return parts.length === 1 ? (parts[0] as string) : JSON.stringify(parts);
  }
}

export class Tables {
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(tables: Readonly<Record<string, KeyAttributes>>) {
    this.#tables = new Map(Object.entries(tables).map(([name, keys]) => [name, new Table(name, keys)]));
  }

  /** @throws ServiceError where there is no such table. */
  table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined)
      throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }
}
