import { NotEvaluatedError } from './errors.ts';
import type { Item } from './item.ts';
import { type KeyAttributes, Tables } from './table.ts';
import { type TransactionInput, Transactions } from './transaction.ts';
import {
  conditionFailed,
  refuseUnknown,
  required,
  type WriteInput,
  type WriteKind,
  writeOf,
} from './writes.ts';

export interface MemoryDynamoDbOptions {
  /** Milliseconds since the epoch: request tokens count for ten minutes of it. Default: the system's. */
  readonly now?: () => number;
}

/** DynamoDB's data plane, in this process. */
export interface MemoryDynamoDb {
  /**
   * What DynamoDB answers to an operation; what it writes is written when this returns.
   * @param operation `PutItem`, for instance.
   * @param input As the JSON of the API has it.
   * @throws ServiceError for errors of DynamoDB's own; NotEvaluatedError for what is not known here.
   */
  execute(operation: string, input: object): object;
  /** The items of a table, by their key: to be looked at, and to be deleted as TTL does. */
  items(table: string): Map<string, Item>;
}

interface ReturningInput extends WriteInput {
  readonly ReturnValues?: string;
}

/**
 * DynamoDB, as far as the code here uses it: conditional writes, transactions with cancellation reasons, exact numbers.
 * What it does not know it refuses, loudly. What it answers is held to what DynamoDB Local answers, by the contract
 * suite. It is always consistent, never busy and loses nothing: faults are for who stands between it and its clients.
 *
 * @param tables Key attributes by table.
 */
export function memoryDynamoDb(
  tables: Readonly<Record<string, KeyAttributes>>,
  { now = Date.now }: MemoryDynamoDbOptions = {},
): MemoryDynamoDb {
  const all = new Tables(tables);
  const transactions = new Transactions(all, now);

  function get(input: { TableName: string; Key: Item; ConsistentRead?: boolean }): object {
    refuseUnknown('GetItem', input, ['TableName', 'Key', 'ConsistentRead']);
    if (!input.ConsistentRead)
      throw new NotEvaluatedError('how old an item is that is read without ConsistentRead');
    const table = all.table(input.TableName);
    const item = table.items.get(table.idOfKey(required(input.Key, 'Key')));
    return item === undefined ? {} : { Item: item };
  }

  function write(kind: WriteKind, input: ReturningInput): object {
    const { table, id, allows, applied, changes, showsOld } = writeOf(kind, input, all, ['ReturnValues']);
    const before = table.items.get(id);
    if (!allows(before)) throw conditionFailed(showsOld ? before : undefined);
    const after = applied(before);
    const answer = returned(kind, input.ReturnValues, before, after, changes);
    if (after === undefined) table.items.delete(id);
    else table.items.set(id, after);
    return answer;
  }

  const operations = new Map<string, (input: never) => object>([
    ['GetItem', get],
    ['PutItem', (input: ReturningInput) => write('Put', input)],
    ['UpdateItem', (input: ReturningInput) => write('Update', input)],
    ['DeleteItem', (input: ReturningInput) => write('Delete', input)],
    [
      'TransactWriteItems',
      (input: TransactionInput) => {
        transactions.commit(input);
        return {};
      },
    ],
  ]);
  return {
    execute(operation, input) {
      const run = operations.get(operation);
      if (run === undefined) throw new NotEvaluatedError(`the operation ${operation}`);
      return run(input as never);
    },
    items: (table) => all.table(table).items,
  };
}

function returned(
  kind: WriteKind,
  values: string | undefined,
  before: Item | undefined,
  after: Item | undefined,
  changes: ReadonlySet<string>,
): object {
  const attributes = (item: Item | undefined) =>
    item === undefined || Object.keys(item).length === 0 ? {} : { Attributes: item };
  if (values === undefined || values === 'NONE') return {};
  if (values === 'ALL_OLD') return attributes(before);
  if (kind !== 'Update') throw new NotEvaluatedError(`ReturnValues ${values} of ${kind}Item`);
  if (values === 'ALL_NEW') return attributes(after);
  if (values !== 'UPDATED_NEW') throw new NotEvaluatedError(`ReturnValues ${values}`);
  const changed = Object.entries(after ?? {}).filter(([name]) => changes.has(name));
  return attributes(Object.fromEntries(changed));
}
