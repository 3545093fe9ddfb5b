import type { FaultKind, Faults } from './faults.ts';
import { Prng } from './prng.ts';
import { RunLog } from './run-log.ts';
import { Scheduler } from './scheduler.ts';

/** When every run begins: milliseconds since the epoch. */
export const startTime = Date.UTC(2027, 0, 1);

export interface WorldOptions {
  readonly seed: number;
  readonly faults: Faults;
  /** Whether to keep the lines of the log. */
  readonly trace: boolean;
}

/** What all of a run share: time, chance, faults, and the log of what happened. */
export class World {
  readonly seed: number;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly log: RunLog;
  /** How long things take, and who is first. */
  readonly chance: Prng;
  /** What must not happen and did; the first is what a failure is about. */
  readonly violations: string[] = [];

  constructor({ seed, faults, trace }: WorldOptions) {
    this.seed = seed;
    this.faults = faults;
    this.scheduler = new Scheduler(startTime, new Prng(seed, 'order'));
    this.log = new RunLog(startTime, trace);
    this.chance = new Prng(seed, 'chance');
  }

  /** By idempotency key: what befell calls about it, so that its outcome may be unknown. */
  readonly excuses = new Map<string, Set<string>>();
  /** Idempotency keys of the events of which an outside system did not say what it did. */
  readonly unclear = new Set<string>();
  /** By idempotency key: attempts that never ended, by no fault of the event. */
  readonly interrupted = new Map<string, number>();
  /** While it lasts, what is called about an event does not answer: milliseconds since the epoch. */
  outage: { readonly from: number; readonly to: number; readonly sparesStores: boolean } | undefined;

  get now(): number {
    return this.scheduler.now;
  }

  note(actor: string, text: string): void {
    this.log.add(this.now, actor, text);
  }

  /** Whether an outage is under way that what is called is part of. */
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

  /** How long a message takes on its way, in ms: most a few, some much longer. */
  latency(): number {
    const luck = this.chance.next();
    if (luck < 0.9) return 1 + Math.floor(luck * 5);
    return luck < 0.99 ? this.chance.below(100) : this.chance.below(1500);
  }
}
