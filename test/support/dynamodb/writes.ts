import { ItemValidationException, NotEvaluatedError, ServiceError, ValidationException } from './errors.ts';
import type { Item, Value } from './item.ts';
import { conditionOf, updateOf } from './parsed.ts';
import { type Placeholders, Scope } from './scope.ts';
import { largestItem, type Table, type Tables } from './table.ts';
import { keptItem, sizeOf } from './values.ts';

export type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/** A write as a request has it. */
export interface WriteInput extends Placeholders {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** A write that is valid by itself, and has not looked at any item. */
export interface Write {
  readonly table: Table;
  readonly id: string;
  /** Whether the condition holds; true where there is none. */
  allows(item: Item | undefined): boolean;
  /** The item afterwards. @throws ItemValidationException where the item has not what it takes. */
  applied(item: Item | undefined): Item | undefined;
  /** Names of the attributes that it was told to change. */
  readonly changes: ReadonlySet<string>;
  readonly showsOld: boolean;
}

const members: Readonly<Record<WriteKind, readonly string[]>> = {
  Put: ['Item'],
  Update: ['Key', 'UpdateExpression'],
  Delete: ['Key'],
  ConditionCheck: ['Key'],
};
const commonMembers = [
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValuesOnConditionCheckFailure',
];

/** @throws ValidationException, or another error of DynamoDB's, for what is wrong whatever the table holds. */
export function writeOf(
  kind: WriteKind,
  input: WriteInput,
  tables: Tables,
  moreMembers: readonly string[] = [],
): Write {
  refuseUnknown(kind, input, [...commonMembers, ...members[kind], ...moreMembers]);
  const condition =
    input.ConditionExpression === undefined ? undefined : conditionOf(input.ConditionExpression);
  const update = input.UpdateExpression === undefined ? undefined : updateOf(input.UpdateExpression);
  const parsed = [update, condition].flatMap((one) => (one === undefined ? [] : [one.tokens]));
  const scope = new Scope(input, parsed);
  if (kind === 'ConditionCheck' && condition === undefined) {
    throw new ValidationException('The expression can not be empty;');
  }
  const table = tables.table(input.TableName);
  const shown = input.ReturnValuesOnConditionCheckFailure ?? 'NONE';
  if (shown !== 'NONE' && shown !== 'ALL_OLD') throw new NotEvaluatedError(`to return ${shown}`);
  // A condition that is wrong by itself is wrong whatever the item, and before anything is written.
  condition?.test(undefined, scope);
  const changes = update?.attributes(scope) ?? new Set<string>();
  const key = table.keyAttributes.find((name) => changes.has(name));
  if (key !== undefined) {
    throw new ValidationException(
      `One or more parameter values were invalid: Cannot update attribute ${key}. This attribute is part of the key`,
    );
  }
  const common = {
    table,
    changes,
    showsOld: shown === 'ALL_OLD',
    allows: (item: Item | undefined) => condition?.test(item, scope) ?? true,
  };
  if (kind === 'Put') {
    const item = keptItem(required(input.Item, 'Item'));
    const id = table.idOfItem(item);
    if (sizeOf(item) > largestItem) {
      throw new ValidationException('Item size has exceeded the maximum allowed size');
    }
    return { ...common, id, applied: () => item };
  }
  const given = required(input.Key, 'Key');
  const id = table.idOfKey(given);
  if (kind === 'Delete') return { ...common, id, applied: () => undefined };
  if (kind === 'ConditionCheck') return { ...common, id, applied: (item) => item };
  return {
    ...common,
    id,
    applied: (item) => updated(item ?? keptItem(given), update?.update(item ?? {}, scope)),
  };
}

/** What the server of this evaluator is not told to do, a client must not take for done. */
export function refuseUnknown(of: string, input: object, known: readonly string[]): void {
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new NotEvaluatedError(`${unknown} of ${of}`);
}

export function conditionFailed(item: Item | undefined): ServiceError {
  const members = item === undefined ? {} : { Item: item };
  return new ServiceError('ConditionalCheckFailedException', 'The conditional request failed', members);
}

export function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new ValidationException(
    `1 validation error detected: Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must not be null`,
  );
}

function updated(item: Item, changes: ReadonlyMap<string, Value | undefined> = new Map()): Item {
  const all = Object.entries({ ...item, ...Object.fromEntries(changes) });
  const left = all.filter((entry): entry is [string, Value] => entry[1] !== undefined);
  const result = Object.fromEntries(left);
  if (sizeOf(result) > largestItem) {
    throw new ItemValidationException('Item size to update has exceeded the maximum allowed size');
  }
  return result;
}
