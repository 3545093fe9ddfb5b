import type { SQSMessageAttributes } from 'aws-lambda';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { bodyKey, sha256 } from '../../contract/event/identity.ts';
import { type DeadLetterReason, deadLetterReasonAttribute } from '../../contract/message-attributes.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import type { Item } from '../../runtime/index.ts';
import type { ConsumerFunction } from '../actors/function.ts';
import { entriesOf, isCharged, isMailed } from '../actors/outbox.ts';
import type { Charge } from '../outside/provider.ts';
import type { RunStore } from '../ports/store.ts';
import type { Plan } from '../workloads/plan.ts';
import type { World } from '../world/world.ts';
import type { Expectation } from './expectation.ts';
import { recordKey } from './record-key.ts';

export interface EndState {
  readonly store: RunStore;
  readonly charges: readonly Charge[];
  /** Idempotency keys of the mailed events. */
  readonly mails: readonly string[];
  readonly functions: readonly ConsumerFunction[];
  readonly onPoison: Plan['onPoison'];
  /** How long the provider remembers a key, in ms. */
  readonly providerMemory: number;
  /** Whether a process with a wrong clock, beyond the allowed skew, handled the event. */
  readonly isOfWildClock: (key: string) => boolean;
  /** Whether a consumer acknowledged a message of the event because it ignored the event's type. */
  readonly isIgnored: (key: string) => boolean;
  /** Keys of the bodies that ended the process of their parser. */
  readonly lethalBodies: ReadonlySet<string>;
}

/** Checks the rules at the end, after the faults, when no work is left. */
export function checkEnd(world: World, expectation: Expectation, state: EndState): void {
  const must = mustIn(world);
  const { consumers } = expectation;
  if (consumers.includes('fulfilment')) {
    checkLedger(expectation, state, must);
    checkLatest(expectation, state, must);
  }
  if (consumers.includes('billing')) checkCharges(expectation, state, must);
  if (consumers.includes('notifications')) checkMails(expectation, state, must);
  checkDeadLetters(expectation, state, must);
}

/** Checks the records of these events, if they have not expired. */
export function checkRecords(
  world: World,
  { consumers }: Expectation,
  events: readonly OrderEvent[],
  { store, isIgnored }: EndState,
): void {
  for (const consumer of consumers) {
    for (const event of events) {
      const key = recordKey(consumer, event);
      const status = store.records.get(key)?.status;
      if (status === undefined && isIgnored(key)) continue;
      mustIn(world)(status === 'COMPLETED', `${key} ended as ${status ?? 'nothing'}`);
    }
  }
}

type Must = (isTrue: boolean, text: string) => void;

function mustIn(world: World): Must {
  return (isTrue, text) => {
    if (!isTrue) world.violated(text);
  };
}

function checkLedger(expectation: Expectation, { store }: EndState, must: Must): void {
  for (const [account, events] of byAccount(expectation.events)) {
    const item = store.tables.item('ledger', { account });
    const lives = events.reduce((sum, event) => sum + expectation.livesOf(event), 0);
    const cents = events.reduce(
      (sum, event) => sum + expectation.livesOf(event) * Math.round(event.data.total * 100),
      0,
    );
    must(
      item?.orders === lives,
      `the ledger of ${account} has ${String(item?.orders)} orders, and ${lives} are right`,
    );
    must(
      item?.spent === cents / 100,
      `the ledger of ${account} has ${String(item?.spent)}, and ${cents / 100} is right`,
    );
  }
}

function checkLatest({ events }: Expectation, { store }: EndState, must: Must): void {
  for (const [account, own] of byAccount(events)) {
    const latest = Math.max(...own.map(({ sequence }) => Number(sequence)));
    const customer = store.tables.item('customers', { account });
    must(
      customer?.sequence === latest,
      `the latest order of ${account} is ${String(customer?.sequence)}, and ${latest} is right`,
    );
    const latestEvent = own.find(({ sequence }) => Number(sequence) === latest);
    mustBe(customer, latestEvent && customerOf(latestEvent), `the latest order of ${account}`, must);
    const byOrder = new Map(own.map((event) => [event.subject, event]));
    for (const [orderId, event] of byOrder) {
      const item = store.tables.item('orders', { orderId });
      must(
        item?.sequence === Number(event.sequence),
        `${orderId} is at ${String(item?.sequence)}, and ${event.sequence} is right`,
      );
      mustBe(item, orderOf(event), orderId, must);
    }
  }
}

/** Checks that the item equals exactly what the event of its version writes. */
function mustBe(item: Item | undefined, right: Item | undefined, what: string, must: Must): void {
  const [is, wanted] = [item, right].map((one) => canonicalJson(one ?? null));
  must(is === wanted, `${what} is ${is}, and ${wanted} is right`);
}

/** The item that `fulfilment` must write for an event, independent of its code. */
function orderOf({ type, partitionkey, sequence, data }: OrderEvent): Item {
  const status = type === 'order.placed' ? 'placed' : 'cancelled';
  return { ...data, account: partitionkey, sequence: Number(sequence), status };
}

function customerOf({ partitionkey: account, sequence, data }: OrderEvent): Item {
  return { account, latestOrder: data.orderId, sequence: Number(sequence) };
}

function checkCharges(expectation: Expectation, state: EndState, must: Must): void {
  for (const event of expectation.events) {
    const key = recordKey('billing', event);
    const right = isCharged(event) ? expectation.livesOf(event) : 0;
    const entries = entriesOf(state.store, key);
    const own = state.charges.filter((charge) => charge.key === sha256(key));
    // The age of a first attempt depends on clocks. A clock that is hours wrong may call after the provider has
    // forgotten the key.
    const areFarApart = own.every(
      ({ at }, n) => n === 0 || at - (own[n - 1]?.at ?? 0) >= state.providerMemory,
    );
    const times = own.length + entries;
    const isForgiven = times > right && right > entries && areFarApart && state.isOfWildClock(key);
    must(times === right || isForgiven, `${key} was charged ${times} times, and ${right} is right`);
    for (const { body } of own) {
      const { amount } = JSON.parse(body) as { amount: string };
      must(
        amount === String(event.data.total),
        `${key} was charged ${amount}, and ${event.data.total} is right`,
      );
    }
  }
}

function checkMails(expectation: Expectation, { mails, store }: EndState, must: Must): void {
  for (const event of expectation.events) {
    const key = recordKey('notifications', event);
    const right = isMailed(event) ? expectation.livesOf(event) : 0;
    const sent = mails.filter((mail) => mail === key).length + entriesOf(store, key);
    must(sent === right, `${key} was mailed ${sent} times, and ${right} is right`);
  }
}

/** Under exactly-once a handler runs before the record is read, and may refuse a conflict first. */
const conflictCodes = {
  quarantine: ['CONFLICT', 'PERMANENT'],
  block: ['CONFLICT', 'PERMANENT', 'RETENTION', 'RECEIVES_EXHAUSTED'],
} as const;

/**
 * Checks that the dead-letter queues hold exactly the messages that are not events of their own, each with its reason.
 */
function checkDeadLetters(expectation: Expectation, state: EndState, must: Must): void {
  for (const { name, deadLetters } of state.functions) {
    const left = new Map<string, Set<string>>();
    for (const { body, attributes, id } of deadLetters.messages) {
      const code = codeOf(attributes);
      const event = expectation.eventOf(body);
      const isOldCopy = event !== undefined && code === 'OUT_OF_WINDOW' && expectation.copies.has(event);
      must(event === undefined || isOldCopy, `${id} is left in ${deadLetters.name} as ${code}`);
      left.set(body, (left.get(body) ?? new Set()).add(code));
    }
    for (const body of expectation.strangers.get(name) ?? []) {
      const isEarlier = expectation.earlier.has(body);
      const right = [
        ...(isEarlier ? ['OUT_OF_WINDOW'] : []),
        ...(body.startsWith('{"broken') ? ['INVALID_JSON'] : isEarlier ? [] : conflictCodes[state.onPoison]),
        // The event of such a body is unknown.
        ...(state.lethalBodies.has(bodyKey(name, body)) ? ['ATTEMPTS_EXHAUSTED'] : []),
      ];
      const codes = [...(left.get(body) ?? ['nothing'])];
      const said = `${body.slice(0, 60)} ended in ${deadLetters.name} as ${codes.join(', ')}`;
      must(
        codes.every((code) => right.includes(code)),
        `${said}, and ${right.join(' or ')} is right`,
      );
    }
    for (const event of expectation.copies) {
      if (expectation.livesOf(event) > 1) continue;
      const codes = left.get(expectation.bodyOf(event));
      must(codes?.has('OUT_OF_WINDOW') === true, `the old copy of ${event.id} is not in ${deadLetters.name}`);
    }
  }
}

export function codeOf(attributes: SQSMessageAttributes): string {
  const reason = attributes[deadLetterReasonAttribute]?.stringValue;
  return reason === undefined ? 'no reason' : (JSON.parse(reason) as DeadLetterReason).code;
}

function byAccount(events: readonly OrderEvent[]): Map<string, OrderEvent[]> {
  const accounts = new Map<string, OrderEvent[]>();
  for (const event of events) {
    accounts.set(event.partitionkey, [...(accounts.get(event.partitionkey) ?? []), event]);
  }
  return accounts;
}
