import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { effectActions, type GrantedEffect } from '../contract/effects/effect-actions.ts';
import type { DeployedTable, DeployedTables } from '../contract/environment.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { renderedProperties } from './rendered-properties.ts';

/** The kinds of effects that the construct can grant. */
export type EffectKind = GrantedEffect;

/**
 * Any `ITable`. The type lists the used members, because under TypeScript's `exactOptionalPropertyTypes` CDK's own
 * `Table` does not match `ITable`.
 */
type AnyTable = Pick<ITable, 'tableArn' | 'tableName' | 'grant' | 'node'> & {
  readonly encryptionKey?: ITable['encryptionKey'] | undefined;
};

/** A table that a consumer's effects write to. */
export interface EffectTable {
  /** A `DataTable`, or any other table that the CDK app makes or imports. */
  readonly table: AnyTable;
  /**
   * The kinds of effects that the handler returns for the table. A `raw` effect needs a grant of your own, for example
   * `table.grant(consumer.handler, 'dynamodb:ConditionCheckItem')`.
   */
  readonly effects: readonly EffectKind[];
}

type EffectTables = Readonly<Record<string, EffectTable>>;

/**
 * Grants a function only the writes that the kinds of its effects need.
 *
 * @throws ConfigurationError for an unknown kind of effect.
 */
export function grantEffects(handler: IGrantable, tables: EffectTables): void {
  for (const [name, { table, effects }] of Object.entries(tables)) {
    const actions = effects.map((effect) => {
      const action = Object.hasOwn(effectActions, effect) ? effectActions[effect] : undefined;
      if (action !== undefined) return action;
      const granted = Object.entries(effectActions).filter(([, known]) => known !== undefined);
      const kinds = granted.map(([kind]) => `"${kind}"`);
      throw new ConfigurationError(
        `tables.${name}.effects has "${effect}" in it; it may have ${kinds.join(', ')}`,
      );
    });
    if (actions.length === 0) continue;
    table.grant(handler, ...actions);
    table.encryptionKey?.grantEncryptDecrypt(handler);
  }
}

/** The tables in the form that the function's environment needs. */
export function deployedTables(tables: EffectTables): DeployedTables {
  return Object.fromEntries(Object.entries(tables).map(([name, { table }]) => [name, deployed(table)]));
}

function deployed(table: AnyTable): DeployedTable {
  const { tableName } = table;
  const key = keyOf(table);
  return { tableName, ...(key === undefined ? {} : { key }) };
}

/** The names of a table's key attributes, the partition key first; `undefined` for an imported table. */
function keyOf(table: AnyTable): readonly string[] | undefined {
  if (table.node.defaultChild === undefined) return undefined;
  const schema: readonly { readonly AttributeName: string; readonly KeyType: string }[] =
    renderedProperties(table).KeySchema;
  return ['HASH', 'RANGE'].flatMap((type) =>
    schema.filter(({ KeyType }) => KeyType === type).map(({ AttributeName }) => AttributeName),
  );
}
