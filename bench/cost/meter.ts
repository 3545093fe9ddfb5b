import { type ConsumedCapacity, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { sizeOf } from '../../runtime/values/item-size.ts';
import type { VirtualLatency } from './virtual-latency.ts';
import { unitsOf, type Write, type WriteInput, writesOf } from './writes.ts';

/** The requests since the last call of `take`. */
export interface Metered {
  readonly requests: number;
  /** Write units by AWS's rules, by table. */
  readonly units: Readonly<Record<string, number>>;
  /** Size of the written items in bytes, as they are stored now, by table. */
  readonly left: Readonly<Record<string, number>>;
}

/** Whether the `ConsumedCapacity` that the store reports agrees with AWS's rules. */
export interface Agreement {
  /** Single writes that succeeded. `equal`: those for which the store reported what the rules say. */
  readonly single: { readonly requests: number; readonly equal: number };
  /** Committed transactions. `double`: those for which the store reported twice what the rules say. */
  readonly transactions: { readonly requests: number; readonly double: number };
  /** Refused writes and cancelled transactions. `reported`: those for which the store reported anything. */
  readonly refused: { readonly requests: number; readonly reported: number };
}

interface Capacity {
  readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
}

/**
 * Counts the requests of a client, and the write units of each item. It reads each item before and after the write and
 * applies AWS's documented rules. It also compares the result with the `ConsumedCapacity` that the store reports.
 */
export class Meter {
  readonly #looking: DynamoDBClient;
  readonly #keys: Readonly<Record<string, string>>;
  readonly #agreement = {
    single: { requests: 0, equal: 0 },
    transactions: { requests: 0, double: 0 },
    refused: { requests: 0, reported: 0 },
  };
  #requests = 0;
  #units: Record<string, number> = {};
  /** The items that were written, by table and key. */
  #items = new Map<string, { readonly table: string; readonly bytes: number }>();

  /**
   * @param looking Another client of the same store, which reads the items. Its requests are not counted.
   * @param keys Name of the partition key by table.
   */
  constructor(looking: DynamoDBClient, keys: Readonly<Record<string, string>>) {
    this.#looking = looking;
    this.#keys = keys;
  }

  get agreement(): Agreement {
    return this.#agreement;
  }

  /** Counts every request of the client from now on. Each takes the time of `latency`. */
  attach(client: DynamoDBClient, latency: VirtualLatency): void {
    client.middlewareStack.add(
      (next) => (args) =>
        latency.during(() =>
          this.#count(args.input as WriteInput, (input) => next({ ...args, input: input as never })),
        ),
      { step: 'initialize', name: 'meter' },
    );
  }

  take(): Metered {
    const left: Record<string, number> = {};
    for (const { table, bytes } of this.#items.values()) left[table] = (left[table] ?? 0) + bytes;
    const metered = { requests: this.#requests, units: this.#units, left };
    this.#requests = 0;
    this.#units = {};
    this.#items.clear();
    return metered;
  }

  async #count<Answer extends { readonly output: object }>(
    input: WriteInput,
    send: (input: WriteInput & { ReturnConsumedCapacity: string }) => Promise<Answer>,
  ): Promise<Answer> {
    this.#requests += 1;
    const writes = writesOf(input, this.#keys);
    const before = await this.#look(writes);
    const sent = await send({ ...input, ReturnConsumedCapacity: 'TOTAL' }).then(
      (answer) => ({ answer, report: answer.output as Capacity }),
      (error: Error & Capacity) => ({ error, report: error }),
    );
    const after = await this.#look(writes);
    const inTransaction = input.TransactItems !== undefined;
    let units = 0;
    for (const [index, write] of writes.entries()) {
      const { table, key } = write;
      const item = after[index];
      const ofItem = unitsOf(write, before[index], item, inTransaction);
      units += ofItem;
      this.#units[table] = (this.#units[table] ?? 0) + ofItem;
      this.#items.set(JSON.stringify([table, key]), { table, bytes: item ? sizeOf(item) : 0 });
    }
    this.#compare(units, reported(sent.report), 'error' in sent, inTransaction);
    if ('error' in sent) throw sent.error;
    return sent.answer;
  }

  async #look(writes: readonly Write[]) {
    const get = async ({ table, key }: Write) =>
      (await this.#looking.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true })))
        .Item;
    return await Promise.all(writes.map(get));
  }

  #compare(units: number, report: number | undefined, refused: boolean, inTransaction: boolean): void {
    const { single, transactions, refused: refusals } = this.#agreement;
    if (refused) {
      refusals.requests += 1;
      refusals.reported += Number(report !== undefined);
    } else if (inTransaction) {
      transactions.requests += 1;
      transactions.double += Number(report === 2 * units);
    } else {
      single.requests += 1;
      single.equal += Number(report === units);
    }
  }
}

function reported({ ConsumedCapacity }: Capacity): number | undefined {
  if (ConsumedCapacity === undefined) return undefined;
  return [ConsumedCapacity].flat().reduce((total, { CapacityUnits = 0 }) => total + CapacityUnits, 0);
}
