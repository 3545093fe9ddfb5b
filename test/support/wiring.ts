import type { ConsumerDependencies } from '../../runtime/ports/dependencies.ts';
import { type MemoryStore, memoryStore } from '../../runtime/stores/memory/memory-store.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import {
  type MemoryDependencies,
  memoryDependencies,
  SteadyRandom,
} from '../../testing/memory-dependencies.ts';
import { FaultyStore } from './faulty-store.ts';

export { ManualClock as FakeClock, SteadyRandom as FakeRandom };

/** See `memoryDependencies`. */
export interface FakeWiring extends MemoryDependencies {
  readonly store: FaultyStore;
  readonly clock: ManualClock;
  readonly memory: MemoryStore;
}

/** ConsumerDependencies in memory; the tables `ledger` and `orders` have the key `orderId`. */
export function fakeWiring(over: Partial<ConsumerDependencies> = {}): FakeWiring {
  const memory = memoryStore({ ledger: ['orderId'], orders: ['orderId'] });
  const dependencies = memoryDependencies(over.clock ?? new ManualClock());
  return { ...dependencies, memory, store: new FaultyStore(memory), ...over } as FakeWiring;
}
