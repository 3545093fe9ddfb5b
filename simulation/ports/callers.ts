import { AsyncLocalStorage } from 'node:async_hooks';
import type { StoredRecord } from '../../runtime/ports/record-store.ts';
import type { About, Spoiled, VirtualProcess } from '../world/virtual-process.ts';
import { attemptsOf, harmless, type RecordWatch, type Way } from './store.ts';

/** The process and call for which an adapter sends a request. */
export interface Caller<Answer> {
  readonly process: VirtualProcess;
  readonly label: string;
  readonly about?: About;
  /** Executes the request and observes its effect. @default - executes the request */
  readonly watch?: (arrive: () => Answer) => Answer;
}

/** A request that was sent. */
export interface Request<Answer> {
  readonly name: string;
  /** Executes the request. */
  readonly arrive: () => Answer;
  readonly spoiled: Spoiled<Answer>;
}

/** The value of a record in a server; a write always changes it. */
export interface Kept<Value> {
  get(id: string): Value | undefined;
  recordOf(value: Value | undefined): StoredRecord | undefined;
}

/** One for all worlds: under Node 20, every promise of a process costs time for each instance that was ever used. */
const current = new AsyncLocalStorage<unknown>();

/**
 * Finds the process of a request that an adapter sends. Faults happen between the adapter and its server, and the
 * adapter handles them itself.
 */
export class Callers<Answer> {
  /** Runs a function whose requests belong to the caller. */
  run<Result>(caller: Caller<Answer>, run: () => Promise<Result>): Promise<Result> {
    return current.run(caller, run);
  }

  send({ name, arrive, spoiled }: Request<Answer>): Promise<Answer> {
    const caller = current.getStore() as Caller<Answer> | undefined;
    if (caller === undefined) throw new Error(`Nobody sends ${name}`);
    const { process, label, about, watch = (effect) => effect() } = caller;
    return process.call(`${label}: ${name}`, () => watch(arrive), spoiled, about);
  }

  /**
   * The way of an adapter's steps.
   * @param kept The records that the steps change.
   */
  wayOf<Value>(process: VirtualProcess, wrote: RecordWatch, kept: Kept<Value>): Way {
    const about = (step: string, keys: readonly string[]) => ({ keys, harmless: harmless[step] });
    return {
      call: (step, keys, detail, effect) => {
        const label = `${step} ${keys.join(' + ')}${detail}`;
        return this.run({ process, label, about: about(step, keys) }, effect);
      },
      write: (step, deliveries, effect, resendToken) => {
        const ids = deliveries.map(({ id }) => id);
        const label = `${step} ${ids.join(' + ')} by ${attemptsOf(deliveries)}`;
        const watch = (arrive: () => Answer) => {
          const before = ids.map((id) => kept.get(id));
          const answer = arrive();
          for (const [index, mine] of deliveries.entries()) {
            const after = kept.get(mine.id);
            if (before[index] === after) continue;
            wrote(step, mine, kept.recordOf(before[index]), kept.recordOf(after), resendToken);
          }
          return answer;
        };
        return this.run({ process, label, about: about(step, ids), watch }, effect);
      },
    };
  }
}
