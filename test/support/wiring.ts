import type { Clock } from '../../contract/clock.ts';
import type { Random } from '../../contract/random.ts';
import type { ConsumerDependencies } from '../../runtime/ports/dependencies.ts';
import type { DeadLetter } from '../../runtime/ports/queues.ts';
import { type MemoryStore, memoryStore } from '../../runtime/stores/memory/memory-store.ts';
import { FaultyStore } from './faulty-store.ts';

/** A clock that moves only when somebody sleeps; a sleep that can be given up waits until others have moved it. */
export class FakeClock implements Clock {
  readonly slept: number[] = [];
  readonly #waiting = new Map<() => void, number>();
  #time = 1_700_000_000_000;
  get time(): number {
    return this.#time;
  }
  set time(time: number) {
    this.#time = time;
    for (const [wake, end] of this.#waiting) if (end <= time) wake();
  }
  /** How many sleeps wait for their end. */
  get waiting(): number {
    return this.#waiting.size;
  }
  now(): number {
    return this.time;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal !== undefined) return await this.#wait(this.time + ms, signal);
    this.slept.push(ms);
    this.time += ms;
  }
  #wait(end: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.set(wake, end);
      signal.addEventListener('abort', wake);
    });
  }
}

export class FakeRandom implements Random {
  #made = 0;
  next(): number {
    return 0.5;
  }
  uuid(): string {
    this.#made += 1;
    return `attempt-${this.#made}`;
  }
}

export interface FakeWiring extends ConsumerDependencies {
  readonly store: FaultyStore;
  readonly clock: FakeClock;
  readonly memory: MemoryStore;
  readonly letters: DeadLetter[];
  /** What was asked of the queue: receipt handles and seconds. */
  readonly hidden: { readonly handles: readonly string[]; readonly seconds: number }[];
  /** Receipt handles of what was deleted from the queue. */
  readonly acknowledged: string[];
  /** When the process was ended; nothing ends with it in a test. */
  readonly ends: number[];
  /** Every line that was logged, parsed. */
  readonly logged: Record<string, unknown>[];
}

/** ConsumerDependencies in memory; the tables `ledger` and `orders` have the key `orderId`. */
export function fakeWiring(over: Partial<ConsumerDependencies> = {}): FakeWiring {
  const memory = memoryStore({ ledger: ['orderId'], orders: ['orderId'] });
  const letters: DeadLetter[] = [];
  const hidden: FakeWiring['hidden'] = [];
  const logged: Record<string, unknown>[] = [];
  const acknowledged: string[] = [];
  const ends: number[] = [];
  const clock = over.clock ?? new FakeClock();
  return {
    memory,
    store: new FaultyStore(memory),
    clock,
    random: new FakeRandom(),
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
    ...over,
  } as FakeWiring;
}
