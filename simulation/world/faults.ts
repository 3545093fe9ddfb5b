import type { Prng } from './prng.ts';

/** The faults of a call of any port. After each of them the caller knows less about the effect of the call. */
export const callFaults = [
  'crash before',
  'crash after',
  'stall before',
  'stall after',
  'lost request',
  'lost reply',
  'late request',
  'throttle',
  'transaction conflict',
  'refused request',
] as const;

export const faultKinds = [
  ...callFaults,
  'duplicate in the window',
  'duplicate after the window',
  'duplicate under another id',
  'retry under another id',
  'poison',
  'conflict',
  'requests at once',
  'request repeated',
  'key used again',
  'handler fails',
  'handler refuses',
  'handler ignores its signal',
  'lethal message',
  'lethal body',
  'parser refuses',
  'parser fails',
  'invocation timeout',
  'owner past its lease',
  'clock skew',
  'clock off by hours',
  'lost delete',
  'lost batch',
  'late subscription',
  'entry refused for now',
  'publisher killed',
  'provider 5xx before',
  'provider 5xx after',
  'provider 429',
  'provider 402',
  'provider 409',
  'provider silent',
  'mail throttled',
  'mail unreachable',
  'mail unclear',
  'redrive',
  'skip',
  'resolve as done',
  'resolve as retry',
  'outage',
  'deployment with another lease',
  'deployment with another guarantee',
  'deployment with another fingerprint',
  'deployment that fails every event',
  'deployment that ignores a type',
  'record of a later version',
  'TTL on time',
  'TTL late',
  'event used again after its records',
  'copy older than the records',
  'event of before the history',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Decides which faults strike, and counts them. */
export interface Faults {
  readonly struck: Map<FaultKind, number>;
  /** Whether this fault strikes now. If so, `struck` counts it. */
  strikes(kind: FaultKind, where: string): boolean;
  /** Counts a fault that is not decided by `strikes`: an act of an operator, or a planned event. */
  count(kind: FaultKind): void;
  /** No fault strikes until `resume`. */
  cease(): void;
  resume(): void;
}

export interface FaultRates {
  /** Share of the occasions on which each kind strikes. An absent kind never strikes. */
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>;
  /** Kinds that never strike, whatever their rate. */
  readonly without: ReadonlySet<FaultKind>;
  /** Maximum number of faults. */
  readonly most: number;
}

/** Random faults, drawn from a separate stream. */
export class RandomFaults implements Faults {
  readonly struck = new Map<FaultKind, number>();
  readonly #random: Prng;
  readonly #plan: FaultRates;
  #left: number;
  #ceased = false;

  constructor(random: Prng, plan: FaultRates) {
    this.#random = random;
    this.#plan = plan;
    this.#left = plan.most;
  }

  strikes(kind: FaultKind): boolean {
    const rate = this.#plan.rates[kind];
    if (rate === undefined) return false;
    // Drawn even if the fault cannot strike, so that leaving out a kind changes as little as possible of a run.
    const drawn = this.#random.next();
    if (drawn >= rate || this.#left === 0 || this.#ceased || this.#plan.without.has(kind)) return false;
    this.#left -= 1;
    this.count(kind);
    return true;
  }

  count(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }

  cease(): void {
    this.#ceased = true;
  }

  resume(): void {
    this.#ceased = false;
  }
}

/** Crashes at given points, and no other faults. Each call has a point before its effect and one after it. */
export class CrashesAt implements Faults {
  readonly struck = new Map<FaultKind, number>();
  /** Number of passed points. */
  passed = 0;
  readonly #points: ReadonlySet<number>;

  /** @param points Positions in the run, from 0. */
  constructor(points: readonly number[]) {
    this.#points = new Set(points);
  }

  strikes(kind: FaultKind): boolean {
    if (kind !== 'crash before' && kind !== 'crash after') return false;
    const point = this.passed;
    this.passed += 1;
    if (!this.#points.has(point)) return false;
    this.count(kind);
    return true;
  }

  count(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }

  cease(): void {}
  resume(): void {}
}
