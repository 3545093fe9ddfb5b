import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { rawProblem } from './check-raw.ts';
import { type Branded, brand, type Item } from './effect.ts';
import type { EffectKind } from './effect-kind.ts';

export interface Raw extends Branded {
  readonly kind: 'raw';
  readonly write: TransactWriteItem;
}

/**
 * Any write that DynamoDB's TransactWriteItems takes, for conditions of your own. If its condition fails, the handler has
 * refused the event: the message goes to the dead-letter queue at once, as after a `PermanentError`.
 *
 * @param write Exactly one of `Put`, `Update`, `Delete` and `ConditionCheck`.
 * @example raw({ ConditionCheck: { TableName, Key: { hall: { S: 'H1' } }, ConditionExpression: 'attribute_exists(hall)' } })
 */
export function raw(write: TransactWriteItem): Raw {
  return { kind: 'raw', write, ...brand };
}

export const rawKind: EffectKind<Raw> = {
  problem: ({ write }) => rawProblem(write),
  tableOf({ write }) {
    const [operation] = Object.values(write ?? {}).filter((one) => one !== undefined);
    return operation?.TableName;
  },
  placeOf({ write: { Put, Update, Delete, ConditionCheck } }) {
    if (Put) return { table: Put.TableName ?? '', by: 'item', attributes: plain(Put.Item ?? {}) };
    const { TableName: table = '', Key: key = {} } = Update ?? Delete ?? ConditionCheck ?? {};
    return { table, by: 'key', attributes: plain(key) };
  },
  encode: ({ write }) => ({ write }),
};

/** Values that may be a key's. */
function plain(attributes: Readonly<Record<string, AttributeValue>>): Item {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { S, N, B }]) => [
      name,
      N === undefined ? (S ?? B) : new NumberValueImpl(N),
    ]),
  );
}
