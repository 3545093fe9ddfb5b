import Big from 'big.js';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { fingerprint } from '../../contract/event/fingerprint.ts';
import { sha256 } from '../../contract/event/identity.ts';
import { makesMailbox } from '../../contract/orders/mail.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { messageGroup } from '../../publisher/index.ts';

/** What the tables must hold once every event was applied exactly once. Money is exact: decimals, no doubles. */
export interface Expectation {
  /** Digest of what decides the effect, by event. */
  readonly events: ReadonlyMap<EventKey, string>;
  /** By order id. */
  readonly orders: ReadonlyMap<string, VersionedItem>;
  /** By account. */
  readonly customers: ReadonlyMap<string, VersionedItem>;
  /** What the sequence numbers of the events run between, by message group. */
  readonly groups: ReadonlyMap<string, SequenceRange>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly total: Big;
  /** What a charge for an event must say: "12.5 GBP". Events that ask for none have none. */
  readonly charges: ReadonlyMap<EventKey, string>;
  /** The account that must get a mail, by event. */
  readonly mails: ReadonlyMap<EventKey, string>;
  /** Events that ask for a mail to an account that makes no mailbox: docs/mails.md says that they are refused. */
  readonly refusedMails: ReadonlySet<EventKey>;
  /** Events that the input itself holds again, and those that it holds again with other content. */
  readonly repeated: number;
  readonly conflicting: number;
}

/** An item that is as the event of the highest sequence says. */
export interface VersionedItem {
  /** Without a number for one, an item is older than any. */
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

/** Tells one event from all others. */
export type EventKey = string;

export function eventKey(source: string, id: string): EventKey {
  return JSON.stringify([source, id]);
}

/** What a charge says, however its amount is written. */
export function chargeText(amount: number | string, currency: string): string {
  return `${new Big(amount).toFixed()} ${currency}`;
}

/** The digest of an item, whose numbers may be doubles or the decimal digits of a `Big`. */
export function itemDigest(item: Readonly<Record<string, unknown>>): string {
  return sha256(canonicalJson(withDigits(item)));
}

/** Every number as its digits: 1e21 and 1000000000000000000000 are one, 0.1 and 0.10000000000000001 are not. */
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

/** The same whatever the order in which events come: that is what a sequence is for. */
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

/** What an event of each type must do. It repeats contract/orders/order-types.ts on purpose: the verifier trusts nobody. */
const expectedOf: Readonly<
  Record<
    OrderEvent['type'],
    { readonly status: string; readonly isCharged: boolean; readonly isMailed: boolean }
  >
> = {
  'order.placed': { status: 'placed', isCharged: true, isMailed: true },
  'order.cancelled': { status: 'cancelled', isCharged: false, isMailed: false },
};

/** The items that an event must leave. */
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
