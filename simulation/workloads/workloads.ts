import type { Character } from './plan.ts';

/** What befalls calls everywhere; shares of the occasions. */
const rough: Character['rates'] = {
  'crash before': 0.008,
  'crash after': 0.008,
  'stall before': 0.004,
  'stall after': 0.004,
  'lost request': 0.01,
  'lost reply': 0.01,
  'late request': 0.006,
  throttle: 0.02,
  'transaction conflict': 0.03,
  'refused request': 0.004,
  'clock skew': 0.5,
  'clock off by hours': 0.03,
  'lost delete': 0.04,
  'lost batch': 0.02,
  'late subscription': 0.03,
  'entry refused for now': 0.05,
  'publisher killed': 0.01,
  'provider 5xx before': 0.03,
  'provider 5xx after': 0.03,
  'provider 429': 0.03,
  'provider 402': 0.04,
  'provider 409': 0.04,
  'provider silent': 0.05,
  'mail throttled': 0.04,
  'mail unreachable': 0.04,
  'mail unclear': 0.03,
  redrive: 0.3,
};

const twists: Character['twists'] = {
  'duplicate in the window': 0.15,
  'duplicate after the window': 0.2,
  'duplicate under another id': 0.25,
  poison: 0.06,
  conflict: 0.08,
  'handler fails': 0.05,
  'handler refuses': 0.04,
  'handler ignores its signal': 0.02,
  'lethal message': 0.02,
};

/** By name. A run without a name takes one by its seed. */
export const workloads: Readonly<Record<string, Character>> = {
  /** A bit of everything. */
  orders: { events: [8, 18], groups: [2, 5], twists, rates: rough },
  /** Little befalls the machines, much is wrong with the messages. */
  poison: {
    events: [8, 16],
    groups: [2, 4],
    twists: {
      ...twists,
      poison: 0.2,
      conflict: 0.2,
      'handler fails': 0.15,
      'handler refuses': 0.12,
      'lethal message': 0.08,
    },
    rates: { ...rough, 'crash before': 0.004, 'crash after': 0.004, 'provider 5xx after': 0.4 },
  },
  /** One group, few events, and machines that hardly ever work. */
  crashes: {
    events: [3, 8],
    groups: [1, 2],
    twists,
    rates: {
      ...rough,
      'crash before': 0.03,
      'crash after': 0.03,
      'stall before': 0.02,
      'stall after': 0.02,
      'lost reply': 0.03,
      'late request': 0.03,
    },
  },
  /** Owners that stand still, and go on when nobody waits for them. */
  owners: {
    events: [4, 8],
    groups: [1, 2],
    twists: { 'duplicate under another id': 0.3, 'duplicate after the window': 0.3 },
    rates: {
      ...rough,
      'stall before': 0.12,
      'stall after': 0.12,
      'late request': 0.04,
      'mail unclear': 0.15,
      'provider 5xx after': 0.4,
    },
  },
  /** Messages that end their processes, beside others in the same batch. */
  lethal: {
    events: [10, 20],
    groups: [5, 8],
    concurrency: [1, 1],
    twists: { 'lethal message': 0.25, 'handler fails': 0.02 },
    rates: { ...rough, 'crash before': 0.001, 'crash after': 0.001 },
  },
  /** Poison blocks its group until its handler is mended, or an operator skips it, or its queue would delete it. */
  blocking: {
    events: [6, 12],
    groups: [2, 3],
    twists: { ...twists, conflict: 0.1, 'handler fails': 0.08, 'handler refuses': 0.08 },
    rates: { ...rough, skip: 0.3 },
    onPoison: 'block',
  },
  /** Functions change while they work, and what they call is away for hours. */
  deployments: {
    events: [8, 14],
    groups: [2, 4],
    twists,
    rates: { ...rough, 'provider 5xx after': 0.2 },
    deployments: true,
    outage: true,
  },
  /**
   * A deployment fails every event until the next one. Nothing ends a process in between, since each one has to find out
   * for itself.
   */
  'faulty-deployment': {
    events: [50, 70],
    groups: [28, 36],
    concurrency: [1, 1],
    twists: {
      'duplicate in the window': 0.1,
      'duplicate under another id': 0.1,
      conflict: 0.04,
    },
    rates: {
      throttle: 0.01,
      'transaction conflict': 0.02,
      'clock skew': 0.5,
      'lost delete': 0.04,
      'lost batch': 0.02,
    },
    badDeployment: true,
    consumers: ['fulfilment', 'billing'],
  },
  /** Handlers and parsers no longer take events that they took before, and those come again. */
  stricter: {
    events: [6, 12],
    groups: [2, 4],
    twists: {
      'duplicate after the window': 0.4,
      'duplicate under another id': 0.4,
      poison: 0.06,
    },
    rates: { ...rough, 'provider 5xx after': 0.2 },
    deployments: true,
    stricter: 0.6,
  },
  /**
   * A producer makes a new id at each retry, consumers ignore a type for a while, and a later version was rolled back.
   */
  options: {
    events: [6, 12],
    groups: [2, 4],
    twists: {
      'duplicate after the window': 0.2,
      'retry under another id': 0.4,
      'handler fails': 0.05,
      poison: 0.04,
    },
    rates: { ...rough, 'crash before': 0.02, 'crash after': 0.02 },
    consumers: ['fulfilment', 'notifications'],
    consumerOptions: true,
  },
  /** Records expire, and events come again after that. */
  expiry: { events: [4, 10], groups: [1, 3], twists, rates: rough, expiry: true },
  /** The records are in DynamoDB, by the runtime's adapter and the client of the SDK. */
  adapter: {
    events: [4, 10],
    groups: [1, 3],
    twists,
    rates: { ...rough, throttle: 0.03, 'transaction conflict': 0.05 },
    expiry: true,
    store: 'dynamodb',
  },
  /** The records are in Redis, by the runtime's adapter and its scripts, which commit no effects. */
  redis: {
    events: [4, 10],
    groups: [1, 3],
    twists,
    rates: {
      ...rough,
      throttle: 0.03,
      'stall before': 0.06,
      'stall after': 0.06,
      'late request': 0.02,
      'provider 5xx after': 0.2,
    },
    deployments: true,
    expiry: true,
    consumers: ['billing', 'notifications'],
    store: 'redis',
  },
  /** Clients order by HTTP, and try again. */
  intake: {
    events: [4, 8],
    groups: [1, 3],
    twists: { 'request repeated': 0.4, 'key used again': 0.5, 'handler fails': 0.03 },
    rates: {
      ...rough,
      'crash before': 0.02,
      'crash after': 0.02,
      'stall before': 0.01,
      'stall after': 0.01,
      'lost request': 0.03,
      'lost reply': 0.03,
      'late request': 0.02,
      'entry refused for now': 0.1,
      'requests at once': 0.3,
    },
    store: 'dynamodb',
    intake: true,
  },
};

export const workloadNames: readonly string[] = Object.keys(workloads);

/** By the last digit of the seed: a run takes several times as long with the client of the SDK in it. */
const slow: ReadonlyMap<number, string> = new Map([
  [8, 'adapter'],
  [9, 'intake'],
]);
/** One seed of 25 each, so that as few are taken from each of the others, and none that a mutant was found by. */
const rare: ReadonlyMap<number, string> = new Map([
  [17, 'redis'],
  [12, 'faulty-deployment'],
  [10, 'stricter'],
  [20, 'options'],
]);
const apart = new Set([...slow.values(), ...rare.values()]);
const inTurn = workloadNames.filter((name) => !apart.has(name));

export function workloadOf(seed: number): string {
  const own = rare.get(seed % 25);
  if (own !== undefined) return own;
  return slow.get(seed % 10) ?? (inTurn[seed % inTurn.length] as string);
}
