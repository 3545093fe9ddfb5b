import type { Character } from './plan.ts';

/** The usual faults of calls, as shares of the occasions. */
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

/** The workloads by name. Without a name, the seed chooses one. */
export const workloads: Readonly<Record<string, Character>> = {
  /** Some of every kind. */
  orders: { events: [8, 18], groups: [2, 5], twists, rates: rough },
  /** Few faults of machines, and many bad messages. */
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
  /** Few groups and events, and very many faults of machines. */
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
  /** Owners that freeze, and continue when their lease has ended. */
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
  /** Poison blocks its group until its handler is fixed, an operator skips it, or its queue is about to delete it. */
  blocking: {
    events: [6, 12],
    groups: [2, 3],
    twists: { ...twists, conflict: 0.1, 'handler fails': 0.08, 'handler refuses': 0.08 },
    rates: { ...rough, skip: 0.3 },
    onPoison: 'block',
  },
  /** Deployments while functions work, and long outages of the systems that they call. */
  deployments: {
    events: [8, 14],
    groups: [2, 4],
    twists,
    rates: { ...rough, 'provider 5xx after': 0.2 },
    deployments: true,
    outage: true,
  },
  /**
   * After a deployment every event fails, until the next deployment. No process ends in between, because each process
   * counts the failures for itself.
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
  /** Handlers and parsers no longer accept events that they accepted before, and these events arrive again. */
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
  /** Something else applied the events before the consumers did, and some of these events arrive again. */
  takeover: {
    events: [6, 12],
    groups: [2, 4],
    twists: { ...twists, 'event of before the history': 0.5 },
    rates: rough,
    takeover: true,
  },
  /** Records expire, and events arrive again after that. */
  expiry: { events: [4, 10], groups: [1, 3], twists, rates: rough, expiry: true },
  /** The records are in DynamoDB, behind the runtime's adapter and the client of the SDK. */
  adapter: {
    events: [4, 10],
    groups: [1, 3],
    twists,
    rates: { ...rough, throttle: 0.03, 'transaction conflict': 0.05 },
    expiry: true,
    store: 'dynamodb',
  },
  /** The records are in Redis, behind the runtime's adapter and its scripts, which commit no effects. */
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
  /** Clients send orders over HTTP, and try again. */
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

/** By the last digit of the seed. These take several times as long, because they use the client of the SDK. */
const slow: ReadonlyMap<number, string> = new Map([
  [8, 'adapter'],
  [9, 'intake'],
]);
/**
 * By the seed modulo 25. One seed of 25 each takes equally few seeds from the other workloads. The remainders avoid the
 * seeds that found a mutant.
 */
const rare: ReadonlyMap<number, string> = new Map([
  [17, 'redis'],
  [12, 'faulty-deployment'],
  [10, 'stricter'],
  [20, 'options'],
  [0, 'takeover'],
]);
const apart = new Set([...slow.values(), ...rare.values()]);
const inTurn = workloadNames.filter((name) => !apart.has(name));

export function workloadOf(seed: number): string {
  const own = rare.get(seed % 25);
  if (own !== undefined) return own;
  return slow.get(seed % 10) ?? (inTurn[seed % inTurn.length] as string);
}
