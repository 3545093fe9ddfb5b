import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import type { GuaranteeName } from '../../runtime/index.ts';
import { type ConsumerName, deployableAs } from '../actors/parts.ts';
import { keyedSource, retryOf } from '../oracle/record-key.ts';
import type { FaultKind, FaultRates } from '../world/faults.ts';
import { Prng } from '../world/prng.ts';
import type { Extra, LaterVersion, PlannedEvent, PlannedTrouble } from './planned-event.ts';
import { eventOf, requestExtras, requestOf } from './requests.ts';

export interface Plan {
  readonly consumers: readonly ConsumerName[];
  readonly events: readonly PlannedEvent[];
  readonly faults: Pick<FaultRates, 'rates'>;
  /** Timeout of the functions, in ms. */
  readonly timeout: number;
  readonly concurrency: number;
  /** How long the provider remembers a key, in ms. */
  readonly providerMemory: number;
  /** How long faults occur, in ms. */
  readonly duration: number;
  readonly deployments: readonly Deployment[];
  readonly badDeployment?: BadDeployment | undefined;
  readonly outage?: Outage | undefined;
  /** How the consumers handle poison. */
  readonly onPoison: 'quarantine' | 'block';
  /** Time from the end of the faults until the handlers are fixed, in ms. */
  readonly neglect: number;
  /** Where the records of the consumers are. */
  readonly store: 'memory' | 'dynamodb' | 'redis';
  /** What arrives again after the records have expired; absent if the run ends earlier. */
  readonly expiry?: Expiry | undefined;
  /** Whether the consumers have `events` and a `key`, instead of a parser. */
  readonly consumerOptions?: boolean | undefined;
  /** When the mail consumer ignores cancellations. Needs `consumerOptions`. */
  readonly ignoring?: Ignoring | undefined;
  readonly laterVersion?: LaterVersion | undefined;
  /** The events that something else applied before; absent if the consumers have no past. */
  readonly earlier?: readonly EarlierEvent[] | undefined;
}

/** An event that something else applied before the history of the consumers. */
export interface EarlierEvent {
  readonly event: OrderEvent;
  /** When it was first published, in ms before the history begins. */
  readonly before: number;
  /** When it arrives, in ms after the start. */
  readonly at: number;
}

/** How long the consumer ignores the type. Times are in ms after the start. */
export interface Ignoring {
  readonly from: number;
  readonly to: number;
}

/** How long the handlers of all functions fail on every event. Times are in ms after the start. */
export interface BadDeployment {
  readonly from: number;
  readonly to: number;
}

/** The systems that handlers call do not answer. */
export interface Outage {
  /** Milliseconds after the start. */
  readonly at: number;
  /** Duration in ms. */
  readonly lasts: number;
  /** Whether the stores still answer. */
  readonly sparesStores: boolean;
}

/** A deployment of all functions. */
export interface Deployment {
  /** Milliseconds after the start. */
  readonly at: number;
  /** The new timeout of the functions, in ms. */
  readonly timeout: number;
  /** The new guarantees of consumers. An absent consumer keeps its guarantee. */
  readonly guarantees: ReadonlyMap<ConsumerName, GuaranteeName>;
  /** Whether the consumers have a `fingerprint` function from then on, so that new records have another fingerprint. */
  readonly ownContent: boolean;
}

export interface Expiry {
  /** When the table deletes expired records: at once, while events arrive again, or after that. */
  readonly deleted: 'on time' | 'meanwhile' | 'late';
  /** Indexes of the events that are published again, as new ones. */
  readonly again: readonly number[];
  /** Indexes of the events of which an old copy arrives, with the time of its first publication. */
  readonly copies: readonly number[];
}

/** The settings of a workload, from which a seed makes a plan. */
export interface Character {
  readonly events: readonly [least: number, most: number];
  readonly groups: readonly [least: number, most: number];
  /** Share of the events to which each kind applies. */
  readonly twists: Readonly<Partial<Record<FaultKind, number>>>;
  /** Share of the occasions on which each kind strikes. Each run leaves out some kinds. */
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>;
  /** Number of concurrent invocations. @default 2 to 4 */
  readonly concurrency?: readonly [least: number, most: number];
  /** @default quarantine */
  readonly onPoison?: 'quarantine' | 'block';
  readonly deployments?: boolean;
  readonly badDeployment?: boolean;
  /** Share of the events that a consumer no longer accepts after its first call. */
  readonly stricter?: number;
  readonly outage?: boolean;
  readonly expiry?: boolean;
  /** Whether consumers have a `key`, ignore a type for a while, and find records of a later version. */
  readonly consumerOptions?: boolean;
  /** Whether something else applied the events before the consumers did. */
  readonly takeover?: boolean;
  /** @default - all of them */
  readonly consumers?: readonly ConsumerName[];
  /** @default memory */
  readonly store?: Plan['store'];
  /** Whether clients send the events to the intake; its records are in DynamoDB. */
  readonly intake?: boolean;
}

/** How a stricter handler or parser reacts to an event that the previous one accepted. */
const stricter = ['refuses', 'refuses in its parser', 'fails in its parser'] as const;

const timeouts = [6000, 15_000, 30_000] as const;
const hour = 3_600_000;

/** Share of the runs in which a kind of fault can strike. */
const present = 0.6;

export function planOf(seed: number, character: Character, consumers: readonly ConsumerName[]): Plan {
  const random = new Prng(seed, 'plan');
  // Separate streams, so that later additions did not change the other parts of a seed's plan.
  const contents = new Prng(seed, 'contents');
  const parsers = new Prng(seed, 'parsers');
  const later = new Prng(seed, 'stricter');
  const options = new Prng(seed, 'options');
  const groups = Array.from({ length: random.between(...character.groups) }, (_, n) => `account-${n + 1}`);
  const sequences = new Map<string, number>();
  const twisted = (kind: FaultKind) => random.chance(character.twists[kind] ?? 0);
  const events = Array.from({ length: random.between(...character.events) }, (_, index): PlannedEvent => {
    const group = random.pick(groups);
    const sequence = (sequences.get(group) ?? 0) + 1;
    sequences.set(group, sequence);
    const ordered = orderOf(index, group, sequence, random);
    const request = character.intake ? requestOf(ordered, index) : undefined;
    const keyed = character.consumerOptions ? { ...ordered, source: keyedSource } : ordered;
    const event = request ? eventOf(ordered, request) : keyed;
    const troubles = new Map<string, PlannedTrouble>();
    for (const consumer of consumers) {
      if (twisted('handler fails')) {
        troubles.set(consumer, { trouble: 'fails', times: random.pick([1, 2, 4, Number.POSITIVE_INFINITY]) });
      } else if (twisted('handler refuses')) {
        troubles.set(consumer, { trouble: 'refuses', times: random.pick([1, Number.POSITIVE_INFINITY]) });
      } else if (twisted('lethal message')) {
        const trouble = parsers.chance(0.4) ? 'kills its parser' : 'kills';
        troubles.set(consumer, { trouble, times: random.pick([1, 3, Number.POSITIVE_INFINITY]) });
      } else if (twisted('handler ignores its signal')) {
        troubles.set(consumer, { trouble: 'deaf', times: random.between(1, 2) });
      }
      if (later.chance(character.stricter ?? 0)) {
        const times = later.pick([1, 3, Number.POSITIVE_INFINITY]);
        troubles.set(consumer, { trouble: later.pick(stricter), times, after: 1 });
      }
    }
    const gap = random.chance(0.7) ? random.below(2000) : random.below(30_000);
    const extras = request
      ? requestExtras(ordered, request, twisted, random)
      : extrasOf(event, index, twisted, random);
    if (options.chance(character.twists['retry under another id'] ?? 0)) {
      const retry = { body: canonicalJson(retryOf(event)), group, at: options.below(600_000) };
      extras.push({ kind: 'retry under another id', ...retry });
    }
    const isUnread = [...troubles.values()].some(({ trouble }) => trouble === 'kills its parser');
    // If no parser could read an event before it is skipped, no record has its identity. Other content may take it.
    const mayBeReplaced = isUnread && character.onPoison === 'block';
    const checked = mayBeReplaced ? extras.filter(({ kind }) => kind !== 'conflict') : extras;
    return { index, event, request, gap, troubles, extras: checked };
  });
  const timeout = random.pick(timeouts);
  const duration = random.between(5, 60) * 60_000;
  const rates = Object.entries(character.rates).filter(() => random.chance(present));
  const strength = random.pick([0.3, 1, 2.5]);
  return {
    consumers,
    events,
    faults: { rates: Object.fromEntries(rates.map(([kind, rate]) => [kind, rate * strength])) },
    timeout,
    concurrency: random.between(...(character.concurrency ?? [2, 4])),
    providerMemory: random.pick([hour, 2 * hour, 24 * hour]),
    duration,
    store: character.store ?? 'memory',
    onPoison: character.onPoison ?? 'quarantine',
    neglect: character.onPoison === 'block' && random.chance(0.12) ? 120 * hour : 6 * hour,
    deployments: character.deployments
      ? Array.from({ length: random.between(1, 3) }, () => ({
          at: random.below(duration),
          timeout: random.pick(timeouts),
          guarantees: new Map(consumers.map((name) => [name, random.pick(guaranteesOf(name, character))])),
          ownContent: contents.chance(0.6),
        }))
      : [],
    // From the first events on, several times as long as all their attempts take.
    badDeployment: character.badDeployment ? { from: 0, to: random.between(15, 60) * 60_000 } : undefined,
    outage: character.outage
      ? {
          at: random.below(duration),
          lasts: random.between(3, 30) * 60_000,
          sparesStores: random.chance(0.5),
        }
      : undefined,
    expiry: character.expiry ? expiryOf(events, random) : undefined,
    ...(character.consumerOptions && optionsOf(events, duration, options)),
    ...(character.takeover && { earlier: earlierOf(events, character, duration, new Prng(seed, 'earlier')) }),
  };
}

/** Events of the same groups, from an hour before the history, which publishers' clocks allow, to days before it. */
function earlierOf(
  events: readonly PlannedEvent[],
  { twists }: Character,
  duration: number,
  random: Prng,
): readonly EarlierEvent[] {
  return events
    .filter(() => random.chance(twists['event of before the history'] ?? 0))
    .map(({ event, index }) => ({
      event: { ...event, id: `earlier-${index}`, sequence: '0' },
      before: hour + 1 + random.below(random.pick([1000, 72 * hour])),
      at: random.below(duration),
    }));
}

function optionsOf(events: readonly PlannedEvent[], duration: number, random: Prng): Partial<Plan> {
  const from = random.below(duration / 2);
  const some = events.filter(() => random.chance(0.2)).map(({ index }) => index);
  const status = random.pick(['COMPLETED', 'RETRYING'] as const);
  return {
    consumerOptions: true,
    ignoring: { from, to: random.between(from, duration) },
    laterVersion: { events: some, status, until: random.below(duration) },
  };
}

/** Exactly-once needs a store that commits effects. */
function guaranteesOf(name: ConsumerName, { store }: Character): readonly GuaranteeName[] {
  return deployableAs[name].filter((guarantee) => store !== 'redis' || guarantee !== 'exactly-once');
}

function expiryOf(events: readonly PlannedEvent[], random: Prng): Expiry {
  const some = () => events.filter(() => random.chance(0.5)).map(({ index }) => index);
  return { deleted: random.pick(['on time', 'meanwhile', 'late']), again: some(), copies: some() };
}

export function orderOf(index: number, group: string, sequence: number, random: Prng): OrderEvent {
  // An order has several events, for example its placement and its cancellation.
  const orderId = `order-${group}-${random.below(3)}`;
  const total = random.chance(0.15) ? -random.below(1000) / 100 : (1 + random.below(100_000)) / 100;
  return {
    specversion: '1.0',
    id: `event-${index}`,
    source: 'urn:simulation',
    type: random.chance(0.85) ? 'order.placed' : 'order.cancelled',
    subject: orderId,
    partitionkey: group,
    sequence: String(sequence),
    data: {
      orderId,
      currency: 'EUR',
      lines: [{ sku: `sku-${random.below(9)}`, quantity: 1, unitPrice: total }],
      total,
    },
  };
}

function extrasOf(
  event: OrderEvent,
  index: number,
  twisted: (kind: FaultKind) => boolean,
  random: Prng,
): Extra[] {
  const group = event.partitionkey;
  const body = canonicalJson(event);
  const extras: Extra[] = [];
  const add = (kind: FaultKind, at: number, more: Partial<Extra> = {}) =>
    extras.push({ kind, at, body, group, ...more });
  if (twisted('duplicate in the window')) add('duplicate in the window', random.below(120_000));
  if (twisted('duplicate after the window')) {
    add('duplicate after the window', 300_000 + random.below(900_000));
  }
  if (twisted('duplicate under another id')) {
    add('duplicate under another id', random.below(600_000), { deduplicationId: `another-${index}` });
  }
  if (twisted('poison')) add('poison', random.below(300_000), { body: `{"broken":${index}` });
  if (twisted('conflict')) {
    const other = { ...event, data: { ...event.data, total: event.data.total + 1 } };
    add('conflict', random.below(600_000), { body: canonicalJson(other) });
  }
  return extras;
}
