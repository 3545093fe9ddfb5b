import Big from 'big.js';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { fingerprint } from '../../contract/event/fingerprint.ts';
import { sha256 } from '../../contract/event/identity.ts';
import { makesMailbox } from '../../contract/orders/mail.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { messageGroup } from '../../publisher/index.ts';

/**
 * The expected content of the tables after every event was applied exactly once. Amounts are exact decimals, not
 * doubles.
 */
export interface Expectation {
  /** For each event: digest of the content that decides the effect. */
  readonly events: ReadonlyMap<EventKey, string>;
  /** By order id. */
  readonly orders: ReadonlyMap<string, VersionedItem>;
  /** By account. */
  readonly customers: ReadonlyMap<string, VersionedItem>;
  /** For each message group: the lowest and the highest sequence number of its events. */
  readonly groups: ReadonlyMap<string, SequenceRange>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly total: Big;
  /** For each event to be charged: the expected charge, for example "12.5 GBP". */
  readonly charges: ReadonlyMap<EventKey, string>;
  /** For each event to be mailed: the account that must get the mail. */
  readonly mails: ReadonlyMap<EventKey, string>;
  /** Events to be mailed whose account is not a valid mailbox name, so that they are refused (docs/mails.md). */
  readonly refusedMails: ReadonlySet<EventKey>;
  /** Number of events that the input itself repeats, and of those that it repeats with other content. */
  readonly repeated: number;
  readonly conflicting: number;
}

/** An item with the content of the event with the highest sequence. */
export interface VersionedItem {
  /** An item without a numeric sequence is older than any other. */
  readonly sequence: bigint | undefined;
  readonly digest: string;
}

export interface SequenceRange {
  readonly first: bigint;
  readonly last: bigint;
}

export interface Account {
  readonly spent: Big;
  readonly orders: number;
}

/** Identifies an event. */
export type EventKey = string;

export function eventKey(source: string, id: string): EventKey {
  return JSON.stringify([source, id]);
}

/** The normalized text of a charge, whatever the form of its amount. */
export function chargeText(amount: number | string, currency: string): string {
  return `${new Big(amount).toFixed()} ${currency}`;
}

/** The digest of an item, whose numbers may be doubles or the decimal digits of a `Big`. */
export function itemDigest(item: Readonly<Record<string, unknown>>): string {
  return sha256(canonicalJson(withDigits(item)));
}

/**
 * Replaces every number by its digits: 1e21 and 1000000000000000000000 are equal, 0.1 and 0.10000000000000001 are not.
 */
function withDigits(value: unknown): unknown {
  if (typeof value === 'number' || value instanceof Big) return { digits: new Big(value).toFixed() };
  if (Array.isArray(value)) return value.map(withDigits);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withDigits(member)]));
}

export async function expectationOf(events: AsyncIterable<OrderEvent>): Promise<Expectation> {
  const seen = new Map<EventKey, string>();
  const orders = new Map<string, VersionedItem>();
  const customers = new Map<string, VersionedItem>();
  const groups = new Map<string, SequenceRange>();
  const accounts = new Map<string, Account>();
  const charges = new Map<EventKey, string>();
  const mails = new Map<EventKey, string>();
  const refusedMails = new Set<EventKey>();
  let total = new Big(0);
  let repeated = 0;
  let conflicting = 0;
  for await (const event of events) {
    const key = eventKey(event.source, event.id);
    const before = seen.get(key);
    const digest = fingerprint(event);
    if (before !== undefined) {
      if (before === digest) repeated += 1;
      else conflicting += 1;
      continue;
    }
    seen.set(key, digest);
    keepHighest(orders, event.data.orderId, event, orderItem);
    keepHighest(customers, event.partitionkey, event, customerItem);
    widen(groups, event);
    const account = accounts.get(event.partitionkey) ?? { spent: new Big(0), orders: 0 };
    accounts.set(event.partitionkey, {
      spent: account.spent.plus(event.data.total),
      orders: account.orders + 1,
    });
    total = total.plus(event.data.total);
    const { isCharged, isMailed } = expectedOf[event.type];
    if (isCharged && event.data.total > 0)
      charges.set(key, chargeText(event.data.total, event.data.currency));
    if (!isMailed) continue;
    if (makesMailbox(event.partitionkey)) mails.set(key, event.partitionkey);
    else refusedMails.add(key);
  }
  const items = { orders, customers, groups, accounts, total };
  return { events: seen, ...items, charges, mails, refusedMails, repeated, conflicting };
}

/** Keeps the item with the highest sequence, so the result does not depend on the order of the events. */
function keepHighest(
  items: Map<string, VersionedItem>,
  key: string,
  event: OrderEvent,
  itemOf: (event: OrderEvent) => Record<string, unknown>,
): void {
  const sequence = BigInt(event.sequence);
  const held = items.get(key)?.sequence;
  if (held !== undefined && held >= sequence) return;
  items.set(key, { sequence, digest: itemDigest(itemOf(event)) });
}

function widen(groups: Map<string, SequenceRange>, { partitionkey, sequence }: OrderEvent): void {
  const group = messageGroup(partitionkey);
  const number = BigInt(sequence);
  const { first = number, last = number } = groups.get(group) ?? {};
  groups.set(group, { first: number < first ? number : first, last: number > last ? number : last });
}

/**
 * The expected effects of each event type. The table repeats contract/orders/order-types.ts on purpose, so that the
 * verifier does not depend on the code under test.
 */
const expectedOf: Readonly<
  Record<
    OrderEvent['type'],
    { readonly status: string; readonly isCharged: boolean; readonly isMailed: boolean }
  >
> = {
  'order.placed': { status: 'placed', isCharged: true, isMailed: true },
  'order.cancelled': { status: 'cancelled', isCharged: false, isMailed: false },
};

/** The expected items of an event. */
function orderItem({ type, partitionkey, sequence, data }: OrderEvent): Record<string, unknown> {
  return {
    ...data,
    account: partitionkey,
    sequence: new Big(sequence),
    status: expectedOf[type].status,
  };
}

function customerItem({ partitionkey, sequence, data }: OrderEvent): Record<string, unknown> {
  return { account: partitionkey, latestOrder: data.orderId, sequence: new Big(sequence) };
}
