import { type DeployedTables, environmentNames } from '../../contract/environment.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { keyNamesOf, type Table, type TableDeclarations, type TablesOf } from '../handler/tables.ts';

/** @throws ConfigurationError that names the table if a declared key is invalid. */
export function checkTables(declared: TableDeclarations): void {
  for (const [name, key] of Object.entries(declared)) {
    const names: readonly unknown[] = typeof key === 'string' ? [key] : key;
    const isKey =
      Array.isArray(names) &&
      (names.length === 1 || names.length === 2) &&
      new Set(names).size === names.length &&
      names.every((one) => typeof one === 'string' && one !== '');
    if (isKey) continue;
    throw new ConfigurationError(
      `tables.${name} is ${JSON.stringify(key)}; it must be the name of the partition key, or [partition key, sort key]`,
    );
  }
}

/**
 * Returns the declared tables with their names in DynamoDB.
 *
 * @param deployed Default: the declared name of each table is its name in DynamoDB.
 * @throws ConfigurationError that names the table, the variable and the fix, if the function does not have a table or
 *   the table has another key.
 */
export function resolveTables<Declared extends TableDeclarations>(
  declared: Declared,
  deployed?: DeployedTables,
): TablesOf<Declared> {
  const tables = Object.entries(declared).map(([name, declaration]): [string, Table] => {
    const key = keyNamesOf(declaration);
    if (deployed === undefined) return [name, { tableName: name, key }];
    const table = Object.hasOwn(deployed, name) ? deployed[name] : undefined;
    if (table === undefined) throw missing(name, deployed);
    if (table.key !== undefined && JSON.stringify(table.key) !== JSON.stringify(key)) {
      throw new ConfigurationError(
        `tables.${name} declares the key ${key.join(' and ')}, but the key of table ${table.tableName} is ` +
          `${table.key.join(' and ')}. Declare that one in createConsumer, the partition key first`,
      );
    }
    return [name, { tableName: table.tableName, key }];
  });
  return Object.fromEntries(tables) as unknown as TablesOf<Declared>;
}

function missing(name: string, deployed: DeployedTables): ConfigurationError {
  const there = Object.keys(deployed).join(', ') || 'no table';
  return new ConfigurationError(
    `createConsumer declares the table "${name}", and the environment variable ${environmentNames.tables} names ${there}. ` +
      `Add it to the construct: tables: { ${name}: { table, effects: [...] } }`,
  );
}
