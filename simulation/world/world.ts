import type { FaultKind, Faults } from './faults.ts';
import { Prng } from './prng.ts';
import { RunLog } from './run-log.ts';
import { Scheduler } from './scheduler.ts';

/** Start of every run, in milliseconds since the epoch. */
export const startTime = Date.UTC(2027, 0, 1);

export interface WorldOptions {
  readonly seed: number;
  readonly faults: Faults;
  /** Whether to keep the lines of the log. */
  readonly trace: boolean;
}

/** The shared state of a run: time, random numbers, faults, and the log. */
export class World {
  readonly seed: number;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly log: RunLog;
  /** Random numbers for durations and order. */
  readonly chance: Prng;
  /** Violated rules; a failure report names the first one. */
  readonly violations: string[] = [];

  constructor({ seed, faults, trace }: WorldOptions) {
    this.seed = seed;
    this.faults = faults;
    this.scheduler = new Scheduler(startTime, new Prng(seed, 'order'));
    this.log = new RunLog(startTime, trace);
    this.chance = new Prng(seed, 'chance');
  }

  /** By idempotency key: faults of its calls, which allow an unknown outcome. */
  readonly excuses = new Map<string, Set<string>>();
  /** Idempotency keys of events for which an external system gave no clear answer. */
  readonly unclear = new Set<string>();
  /** By idempotency key: attempts that never finished, although the event did not cause that. */
  readonly interrupted = new Map<string, number>();
  /** During the outage, calls about events get no answer: milliseconds since the epoch. */
  outage: { readonly from: number; readonly to: number; readonly sparesStores: boolean } | undefined;

  get now(): number {
    return this.scheduler.now;
  }

  note(actor: string, text: string): void {
    this.log.add(this.now, actor, text);
  }

  /** Whether the called system is down in a current outage. */
  isAway(isOutside: boolean): boolean {
    const { outage, now } = this;
    if (outage === undefined || now < outage.from || now >= outage.to) return false;
    return isOutside || !outage.sparesStores;
  }

  excuse(key: string, why: FaultKind | 'process ended' | 'deadline' | 'unclear answer'): void {
    const known = this.excuses.get(key);
    if (known === undefined) this.excuses.set(key, new Set([why]));
    else known.add(why);
  }

  interrupt(key: string): void {
    this.interrupted.set(key, (this.interrupted.get(key) ?? 0) + 1);
  }

  violated(text: string): void {
    this.violations.push(text);
    this.note('VIOLATION', text);
  }

  /** Random travel time of a request or answer, in ms: usually short, sometimes much longer. */
  latency(): number {
    const luck = this.chance.next();
    if (luck < 0.9) return 1 + Math.floor(luck * 5);
    return luck < 0.99 ? this.chance.below(100) : this.chance.below(1500);
  }
}
