import type { Clock } from '../contract/clock.ts';
import type { Random } from '../contract/random.ts';
import type { ConsumerDependencies } from '../runtime/ports/dependencies.ts';
import type { DeadLetter } from '../runtime/ports/queues.ts';

/** The same numbers in every run: 0.5, and `attempt-1`, `attempt-2`, ... */
export class SteadyRandom implements Random {
  #made = 0;

  next(): number {
    return 0.5;
  }

  uuid(): string {
    this.#made += 1;
    return `attempt-${this.#made}`;
  }
}

/** The dependencies of a consumer in memory, without the store. They record what the consumer did. */
export interface MemoryDependencies extends Omit<ConsumerDependencies, 'store'> {
  /** The content of the dead-letter queue. */
  readonly letters: DeadLetter[];
  /** The changes of visibility timeouts: receipt handles and seconds. */
  readonly hidden: { readonly handles: readonly string[]; readonly seconds: number }[];
  /** Receipt handles of the messages that were deleted from the queue. */
  readonly acknowledged: string[];
  /** The times at which the runtime ended its process. In a test the process continues. */
  readonly ends: number[];
  /** All log lines, parsed. */
  readonly logged: Record<string, unknown>[];
}

/**
 * Dependencies with the default settings: a visibility timeout of 3 minutes, a retention of 4 days, 1,000 receives,
 * records of 45 days, and `quarantine`.
 */
export function memoryDependencies(clock: Clock): MemoryDependencies {
  const letters: DeadLetter[] = [];
  const hidden: MemoryDependencies['hidden'] = [];
  const acknowledged: string[] = [];
  const ends: number[] = [];
  const logged: Record<string, unknown>[] = [];
  return {
    service: 'Shop',
    clock,
    random: new SteadyRandom(),
    deadLetters: {
      async send(letter) {
        letters.push(letter);
      },
    },
    visibility: {
      async change(handles, seconds) {
        hidden.push({ handles, seconds });
      },
    },
    acknowledgements: {
      async acknowledge(handles) {
        acknowledged.push(...handles);
      },
    },
    endProcess: () => ends.push(clock.now()),
    visibilityTimeoutSeconds: 180,
    queueRetentionSeconds: 4 * 86_400,
    maxReceiveCount: 1000,
    onPoison: 'quarantine',
    recordTtlSeconds: 45 * 86_400,
    output: (line) => logged.push(JSON.parse(line)),
    letters,
    hidden,
    acknowledged,
    ends,
    logged,
  };
}
