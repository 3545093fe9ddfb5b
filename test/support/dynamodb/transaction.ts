import {
  type CancellationReason,
  ItemValidationException,
  ServiceError,
  ValidationException,
} from './errors.ts';
import type { Item } from './item.ts';
import type { Tables } from './table.ts';
import { sizeOf } from './values.ts';
import { refuseUnknown, type Write, type WriteInput, type WriteKind, writeOf } from './writes.ts';

/** Amazon DynamoDB API Reference, "TransactWriteItems". */
const mostItems = 100;
const mostBytes = 4 * 1024 * 1024;
const tokenLife = 10 * 60_000;

export interface TransactionInput {
  readonly TransactItems: readonly Readonly<Partial<Record<WriteKind, WriteInput>>>[];
  readonly ClientRequestToken?: string;
}

const kinds: readonly WriteKind[] = ['Put', 'Update', 'Delete', 'ConditionCheck'];

/** All or nothing; done before it returns. */
export class Transactions {
  readonly #tables: Tables;
  readonly #now: () => number;
  /** By token of those that were committed: what they were, and until when the token counts. Oldest first. */
  readonly #done = new Map<string, { readonly request: string; readonly until: number }>();

  constructor(tables: Tables, now: () => number) {
    this.#tables = tables;
    this.#now = now;
  }

  /** @throws ServiceError TransactionCanceledException with a reason for each item, or what is wrong with the request. */
  commit(input: TransactionInput): void {
    refuseUnknown('TransactWriteItems', input, ['TransactItems', 'ClientRequestToken']);
    const { TransactItems: items, ClientRequestToken: token } = input;
    const request = JSON.stringify(items);
    if (token !== undefined && this.#isDone(token, request)) return;
    if (items.length < 1 || items.length > mostItems) {
      const constraint =
        items.length < 1
          ? 'Member must have length greater than or equal to 1'
          : `Member must have length less than or equal to ${mostItems}`;
      throw new ValidationException(
        `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: ${constraint}`,
      );
    }
    const writes = items.map((item) => this.#write(item));
    if (new Set(writes.map(({ table, id }) => JSON.stringify([table.name, id]))).size < writes.length) {
      throw new ValidationException('Transaction request cannot include multiple operations on one item');
    }
    const bytes = items.flatMap((item) => Object.values(item)).reduce((sum, one) => sum + requested(one), 0);
    if (bytes > mostBytes) {
      throw new ValidationException(`Transaction payload size cannot exceed 4MB. Payload Size: ${bytes}`);
    }
    const outcomes = writes.map(outcomeOf);
    const reasons = outcomes.map(({ reason }) => reason ?? { Code: 'None' });
    if (outcomes.some(({ reason }) => reason !== undefined)) throw cancelled(reasons);
    writes.forEach(({ table, id }, place) => {
      const item = outcomes[place]?.item;
      if (item === undefined) table.items.delete(id);
      else table.items.set(id, item);
    });
    if (token !== undefined) this.#done.set(token, { request, until: this.#now() + tokenLife });
  }

  #write(item: Readonly<Partial<Record<WriteKind, WriteInput>>>): Write {
    const [kind, ...others] = Object.keys(item) as WriteKind[];
    if (kind === undefined || others.length > 0 || !kinds.includes(kind)) {
      throw new ValidationException('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    return writeOf(kind, item[kind] as WriteInput, this.#tables);
  }

  #isDone(token: string, request: string): boolean {
    for (const [known, { until }] of this.#done) {
      if (until > this.#now()) break;
      this.#done.delete(known);
    }
    const done = this.#done.get(token);
    if (done === undefined) return false;
    if (done.request === request) return true;
    throw new ServiceError(
      'IdempotentParameterMismatchException',
      'Request token was used with a different request payload',
    );
  }
}

/** In bytes, of what a write brings along. */
function requested({ Item: item, Key: key }: WriteInput): number {
  return sizeOf(item ?? key ?? {});
}

function outcomeOf(write: Write): { readonly item?: Item | undefined; readonly reason?: CancellationReason } {
  const item = write.table.items.get(write.id);
  if (!write.allows(item)) {
    const shown = write.showsOld && item !== undefined ? { Item: item } : {};
    return {
      reason: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...shown },
    };
  }
  try {
    return { item: write.applied(item) };
  } catch (error) {
    if (!(error instanceof ItemValidationException)) throw error;
    return { reason: { Code: 'ValidationError', Message: error.message } };
  }
}

function cancelled(CancellationReasons: readonly CancellationReason[]): ServiceError {
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  return new ServiceError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons },
  );
}
