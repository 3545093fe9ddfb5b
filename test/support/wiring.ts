import type { Clock } from '../../contract/clock.ts';
import type { Random } from '../../contract/random.ts';
import type { DeadLetter } from '../../runtime/dead-letter.ts';
import { type MemoryStore, memoryStore } from '../../runtime/stores/memory/memory-store.ts';
import type { Wiring } from '../../runtime/wiring.ts';
import { FaultyStore } from './faulty-store.ts';

/** A clock that moves only when somebody sleeps. */
export class FakeClock implements Clock {
  time = 1_700_000_000_000;
  readonly slept: number[] = [];
  now(): number {
    return this.time;
  }
  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.time += ms;
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

export interface FakeWiring extends Wiring {
  readonly store: FaultyStore;
  readonly clock: FakeClock;
  readonly memory: MemoryStore;
  readonly letters: DeadLetter[];
  /** What was asked of the queue: receipt handles and seconds. */
  readonly hidden: { readonly handles: readonly string[]; readonly seconds: number }[];
  /** Every line that was logged, parsed. */
  readonly logged: Record<string, unknown>[];
}

/** Wiring in memory; the table `ledger` has the key `orderId`. */
export function fakeWiring(over: Partial<Wiring> = {}): FakeWiring {
  const memory = memoryStore({ ledger: ['orderId'] });
  const letters: DeadLetter[] = [];
  const hidden: FakeWiring['hidden'] = [];
  const logged: Record<string, unknown>[] = [];
  return {
    memory,
    store: new FaultyStore(memory),
    clock: new FakeClock(),
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
    recordTtlSeconds: 45 * 86_400,
    output: (line) => logged.push(JSON.parse(line)),
    letters,
    hidden,
    logged,
    ...over,
  } as FakeWiring;
}
