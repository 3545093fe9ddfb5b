import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import Big from 'big.js';
import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { recordAttributes } from '../../contract/record/record-attributes.ts';
import { isEventKey } from '../../contract/record/record-keys.ts';
import { type Account, type EventKey, eventKey, itemDigest, type VersionedItem } from './expectation.ts';

/** The content of the tables. */
export interface TableSnapshot {
  /** A consumer's records, by event. */
  readonly records: (consumer: string) => ReadonlyMap<EventKey, HeldRecord>;
  /** For each message group: the places of `fulfilment`'s records that have a sequence. */
  readonly places: ReadonlyMap<string, readonly Place[]>;
  readonly orders: ReadonlyMap<string, VersionedItem>;
  readonly customers: ReadonlyMap<string, VersionedItem>;
  readonly accounts: ReadonlyMap<string, Account>;
}

export interface HeldRecord {
  readonly status: string;
  /** The fingerprint of the applied event. */
  readonly fingerprint: string;
  readonly lastError: string;
}

/** The place of an event in its group, from its record. */
export interface Place {
  readonly sequence: bigint;
  /** Milliseconds since the epoch; 0 for a record that is not completed. */
  readonly completedAt: number;
}

/** Items per page. Pages are small, because the SDK needs several times an item's memory to read it. */
const pageSize = 200;

export interface TableNames {
  readonly records: string;
  readonly orders: string;
  readonly ledger: string;
  readonly customers: string;
}

/** Reads all tables, strongly consistent. */
export async function readTables(client: DynamoDBClient, names: TableNames): Promise<TableSnapshot> {
  const records = new Map<string, Map<EventKey, HeldRecord>>();
  const places = new Map<string, Place[]>();
  for await (const item of scan(client, names.records)) {
    const id = String(item[recordAttributes.id]);
    if (!isEventKey(id)) continue;
    const consumer = String(item[recordAttributes.consumer]);
    const key = eventKey(String(item[recordAttributes.source]), String(item[recordAttributes.eventId]));
    if (consumer === 'fulfilment') addPlace(places, item);
    const ofConsumer = records.get(consumer) ?? new Map();
    records.set(consumer, ofConsumer);
    ofConsumer.set(key, {
      status: String(item[recordAttributes.status]),
      fingerprint: String(item[recordAttributes.validation]),
      lastError: String(item[recordAttributes.lastError] ?? ''),
    });
  }
  const orders = await versionedItems(client, names.orders, ordersTable);
  const customers = await versionedItems(client, names.customers, customersTable);
  const accounts = new Map<string, Account>();
  for await (const item of scan(client, names.ledger)) {
    accounts.set(String(item[ledgerTable.key]), {
      spent: new Big(String(item[ledgerTable.spent] ?? 0)),
      orders: Number(item[ledgerTable.orders] ?? 0),
    });
  }
  return { records: (consumer) => records.get(consumer) ?? new Map(), places, orders, customers, accounts };
}

function addPlace(places: Map<string, Place[]>, item: Readonly<Record<string, unknown>>): void {
  const sequence = item[recordAttributes.sequence];
  if (sequence === undefined) return;
  const group = String(item[recordAttributes.messageGroup]);
  const place = {
    sequence: BigInt(String(sequence)),
    completedAt: Number(item[recordAttributes.completedAt] ?? 0),
  };
  const ofGroup = places.get(group);
  if (ofGroup === undefined) places.set(group, [place]);
  else ofGroup.push(place);
}

async function versionedItems(
  client: DynamoDBClient,
  table: string,
  { key, sequence }: { readonly key: string; readonly sequence: string },
): Promise<Map<string, VersionedItem>> {
  const items = new Map<string, VersionedItem>();
  for await (const item of scan(client, table, (digits) => new Big(digits))) {
    const version = item[sequence];
    items.set(String(item[key]), {
      sequence: version instanceof Big ? BigInt(version.toFixed()) : undefined,
      digest: itemDigest(item),
    });
  }
  return items;
}

/** @param number Converts a number. @default - its decimal digits */
async function* scan(
  client: DynamoDBClient,
  table: string,
  number: (digits: string) => unknown = (digits) => digits,
): AsyncGenerator<Record<string, unknown>> {
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: start, Limit: pageSize }),
    );
    for (const item of page.Items ?? []) {
      yield unmarshall(item, { wrapNumbers: number as (digits: string) => number });
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}
