/** A value that DynamoDB accepts for a key attribute: a text, a number or bytes. */
export type KeyValue = string | number | bigint | ArrayBuffer | ArrayBufferView;

/** A declared table in the handler's `{ tables }`. */
export interface Table<Key extends string = string> {
  /** The table's name in DynamoDB. */
  readonly tableName: string;
  /** The names of its key attributes: the partition key, then the sort key if it has one. */
  readonly key: readonly Key[];
}

/** The key of a table: the name of its partition key, or `[partition key, sort key]`. */
export type KeyDeclaration = string | readonly [string] | readonly [string, string];

/** The tables that a consumer's effects write to, by names of its own: `{ seats: 'seat', halls: ['hall', 'date'] }`. */
export type TableDeclarations = Readonly<Record<string, KeyDeclaration>>;

/** No tables: the default of `createConsumer`. A mapped type, because the compiler names it `NoTables` in its messages. */
export type NoTables = { readonly [Name in never]: never };

/** The declared tables, as a handler gets them. */
export type TablesOf<Declared extends TableDeclarations> = {
  readonly [Name in keyof Declared]: Table<KeyNamesOf<Declared[Name]>>;
};

/** An empty object whose type appears in compiler errors and names the fix. */
interface NoTablesDeclared<Fix extends string> {
  readonly [fix]?: Fix;
}

declare const fix: unique symbol;

type KeyNamesOf<Declared> = Declared extends readonly (infer Key extends string)[]
  ? Key
  : Extract<Declared, string>;

/** The second argument of a handler of effects. */
export interface EffectContext<Declared extends TableDeclarations = NoTables> {
  /** The tables that `createConsumer` declares, with their names in DynamoDB. */
  readonly tables: [keyof Declared] extends [never]
    ? NoTablesDeclared<"add tables: { seats: 'seat' } to createConsumer">
    : TablesOf<Declared>;
}

/** The names of a declared key's attributes. */
export function keyNamesOf(declared: KeyDeclaration): readonly string[] {
  return typeof declared === 'string' ? [declared] : declared;
}
