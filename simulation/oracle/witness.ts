import type { DeliveryLog } from '../../contract/reporting/delivery-log.ts';
import { outcomes } from '../../contract/reporting/outcomes.ts';
import type { Delivery, StoredRecord } from '../../runtime/ports/record-store.ts';
import type { Blocked } from '../actors/operator.ts';
import type { RecordWatch } from '../ports/store.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { Attempts, granted } from './attempts.ts';
import type { Contents } from './contents.ts';
import { wronglyListed } from './listing.ts';
import { wrongStep } from './record-life.ts';

/** A running handler. */
interface Work {
  readonly process: VirtualProcess;
  /** Milliseconds since the epoch, by the true clock: end of its invocation. */
  readonly until: number;
}

/** A delayed request may take a minute from the delivery's reading of its clock to the write. */
const longestDelay = 60_000;

/** A lease protects only owners whose clocks are within the allowed skew. */
const allowedOffset = 2500;

/** Codes of messages that a handler or parser refuses, or fails over. */
const refusals: ReadonlySet<string> = new Set(['PERMANENT', 'INVALID_EVENT', 'ATTEMPTS_EXHAUSTED']);

/** Observes effects, log lines and messages of a run, and changes nothing. */
export class Witness {
  deliveries = 0;
  /** Number of log lines by outcome. */
  readonly outcomes = new Map<string, number>();
  /** By idempotency key: first start of the handler, in ms since the epoch. */
  readonly begun = new Map<string, number>();
  readonly #world: World;
  /** Idempotency keys of settled events: applied, given up, or unknown. */
  readonly #settled = new Set<string>();
  /** By message id. */
  readonly #blocked = new Map<string, Blocked>();
  /** Idempotency keys of events of a type that a consumer ignored. */
  readonly #ignored = new Set<string>();
  /** Ids of messages that were copied to a dead-letter queue. */
  readonly #copied = new Set<string>();
  /** By idempotency key: failures of the handler since the last quarantine. */
  readonly #failures = new Map<string, number>();
  /** By idempotency key: when its record was completed, in ms since the epoch. */
  readonly #completed = new Map<string, number>();
  readonly #attempts: Attempts;
  readonly #work = new Map<string, Work[]>();
  /** By consumer and group: idempotency keys in the group's order. */
  readonly #order: ReadonlyMap<string, readonly string[]>;

  /** Idempotency keys that a process with a wrong clock handled; leases do not protect them. */
  readonly #ofWildClocks = new Set<string>();
  readonly #keyMemory: (key: string) => number;
  readonly #mayLeave: (messageId: string) => boolean;
  readonly #contents: Contents;

  /**
   * @param keyMemory Time after its first attempt in which an event must not become unknown because of its age, in ms.
   * @param mayLeave Whether a message may leave its group as poison.
   */
  constructor(
    world: World,
    order: ReadonlyMap<string, readonly string[]>,
    keyMemory: (key: string) => number,
    mayLeave: (messageId: string) => boolean,
    contents: Contents,
  ) {
    this.#contents = contents;
    this.#world = world;
    this.#attempts = new Attempts(world);
    this.#order = order;
    this.#keyMemory = keyMemory;
    this.#mayLeave = mayLeave;
  }

  delivered(messageId: string): void {
    this.deliveries += 1;
    this.#attempts.delivered(messageId);
  }

  /** An invocation ended. Lambda freezes its process, so a running handler would continue in another invocation. */
  returned(process: VirtualProcess): void {
    for (const [key, works] of this.#work) {
      if (!works.some((work) => work.process === process)) continue;
      this.#world.violated(`${process.name} returned while its handler of ${key} was at work`);
    }
  }

  /** Records have expired, so the known attempts belong to expired records. */
  beginLife(): void {
    this.begun.clear();
    this.#completed.clear();
    this.#attempts.beginLife();
  }

  /** A handler starts. @param until If it holds a lease: the end of its invocation. */
  begins(key: string, process: VirtualProcess, until: number | undefined): void {
    if (!isClockNear(process)) this.#ofWildClocks.add(key);
    if (!this.begun.has(key)) this.begun.set(key, this.#world.now);
    const others = (this.#work.get(key) ?? []).filter((work) => work.process.isAlive);
    if (until !== undefined) {
      const other = others.find((work) => work.until > this.#world.now && isClockNear(work.process));
      if (other !== undefined && isClockNear(process)) {
        this.#world.violated(`two handlers of ${key} at once: ${other.process.name} and ${process.name}`);
      }
    }
    others.push({ process, until: until ?? 0 });
    this.#work.set(key, others);
  }

  /** Messages that block their groups and were not settled since. */
  get blocked(): Blocked[] {
    return [...this.#blocked.values()];
  }

  isIgnored(key: string): boolean {
    return this.#ignored.has(key);
  }

  isOfWildClock(key: string): boolean {
    return this.#ofWildClocks.has(key);
  }

  ends(key: string, process: VirtualProcess): void {
    const others = this.#work.get(key)?.filter((work) => work.process !== process) ?? [];
    if (others.length === 0) this.#work.delete(key);
    else this.#work.set(key, others);
  }

  /** Checks that an effect did not happen before the earlier events of its group. */
  effect(key: string, group: string): void {
    if (!this.#settled.has(key)) {
      const before = this.#order.get(`${key.slice(0, key.indexOf('#'))}#${group}`) ?? [];
      for (const earlier of before) {
        if (earlier === key) break;
        if (!this.#settled.has(earlier)) {
          this.#world.violated(`${key} overtook ${earlier} in group ${group}`);
          break;
        }
      }
    }
    this.#settled.add(key);
  }

  /** The event made its handler fail or not finish; with the key of a body, its parser. */
  failed(key: string): void {
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
  }

  /**
   * A copy arrived in the dead-letter queue.
   * @param code The reason's code; `no reason` if SQS moved the message.
   * @param copyOf The original message. A second copy can follow after a crash, or from an owner that was frozen.
   * @param bodyKey Key of the record that counts the attempts of the body.
   */
  givenUp(key: string, code: string, copyOf: string, bodyKey: string): void {
    this.#settled.add(key);
    if (this.#copied.has(copyOf)) return;
    this.#copied.add(copyOf);
    const interrupted = this.#world.interrupted.get(key) ?? 0;
    // The receives of a process that ends are not spread over time. Hundreds of them can use up all receives.
    const isUsedUp = code === 'RECEIVES_EXHAUSTED' && interrupted > 100;
    if (code !== 'RETENTION' && code !== 'OUT_OF_WINDOW' && !isUsedUp && !this.#mayLeave(copyOf)) {
      this.#world.violated(`${key} left its group, which it should block, as ${code}`);
    }
    const completed = this.#completed.get(key) ?? Number.POSITIVE_INFINITY;
    if (refusals.has(code) && this.#attempts.receivedAt(copyOf) > completed) {
      this.#world.violated(`${key} had been applied when ${copyOf} came, which left its queue as ${code}`);
    }
    // An attempt that never finished counts for a suspect, whatever ended it.
    const failuresOf = (id: string) => (this.#failures.get(id) ?? 0) + (this.#world.interrupted.get(id) ?? 0);
    const failures = Math.max(failuresOf(key), failuresOf(bodyKey));
    if (code === 'ATTEMPTS_EXHAUSTED' && failures < granted.attempts) {
      this.#world.violated(`${key} was given up after ${failures} attempts`);
    }
  }

  /** A delivery changed a record. */
  readonly wrote: RecordWatch = (step, mine, before, after, resendToken) => {
    if (Math.abs(mine.now - this.#world.now) > allowedOffset + longestDelay) this.#ofWildClocks.add(mine.id);
    const miscounted = this.#attempts.wrote(mine, before, after);
    const wrong =
      wrongStep(before, after, mine, resendToken, this.#contents) ??
      miscounted ??
      wronglyListed(before, after, mine);
    if (wrong !== undefined) this.#world.violated(`${step} of ${mine.id} by ${mine.ownerToken}: ${wrong}`);
    if (step === 'hold') this.#held(mine, before);
    if (after?.status === 'COMPLETED') this.#completed.set(mine.id, this.#world.now);
    // The event has new attempts from here on. A parser that failed over the same body in this batch is counted next.
    if (after?.status === 'QUARANTINED') {
      const left = (this.#failures.get(mine.id) ?? 0) - (before?.attempts ?? 0);
      this.#failures.set(mine.id, Math.max(0, left));
    }
  };

  /** An attempt of another guarantee may have happened, and so may one without an answer; neither is repeated. */
  #held({ id, guarantee }: Delivery, before: StoredRecord | undefined): void {
    if (before?.guarantee !== guarantee) this.#world.excuse(id, 'deployment with another guarantee');
    const isHeld = guarantee === 'at-most-once' && this.#world.unclear.has(id);
    if (isHeld) this.#world.excuse(id, 'unclear answer');
  }

  /** @param key The event's idempotency key; absent for an invalid body. */
  logged(log: DeliveryLog, key: string | undefined, process: VirtualProcess): void {
    const { outcome, messageId, eventId, code, reason = '' } = log;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    const why = code === undefined ? '' : ` ${code}: ${reason}`;
    this.#world.note(process.name, `logs ${outcome} of ${messageId} (${eventId ?? 'no event'})${why}`);
    if (outcome === 'blocked' && log.recordId !== undefined) {
      this.#blocked.set(messageId, { recordId: log.recordId, messageId });
      // Its record counts a refusal too, since the event is tried again.
      if (code === 'PERMANENT' || code === 'INVALID_EVENT') this.failed(log.recordId);
    } else this.#blocked.delete(messageId);
    if (key !== undefined && outcome === 'failed' && this.#isByRightClocks(key, process)) {
      const wrong = this.#attempts.stays(key, log);
      if (wrong !== undefined) this.#world.violated(`${key} ${wrong}`);
    }
    // The claim may have been written, so that its lease ends without a completion.
    if (key !== undefined && code === 'STORE_BUSY') this.#world.excuse(key, 'deadline');
    if (key === undefined || outcomes[outcome].waits || outcome === 'conflict') return;
    this.#settled.add(key);
    if (outcome === 'ignored') this.#ignored.add(key);
    if (outcome === 'unknown') this.#unknown(key, process);
  }

  #unknown(key: string, process: VirtualProcess): void {
    const { excuses, now } = this.#world;
    if (excuses.has(key) || !this.#isByRightClocks(key, process)) return;
    const begun = this.begun.get(key);
    if (begun !== undefined && now - begun > this.#keyMemory(key)) return;
    this.#world.violated(`${key} is unknown, and nothing befell it`);
  }

  /** Whether all processes that handled the event have correct clocks. */
  #isByRightClocks(key: string, process: VirtualProcess): boolean {
    return isClockNear(process) && !this.#ofWildClocks.has(key);
  }
}

function isClockNear({ skew }: VirtualProcess): boolean {
  return Math.abs(skew) <= allowedOffset;
}
