import { FifoQueue } from './fifo-queue.ts';
import { FakeClock, type FakeWiring, fakeWiring } from './wiring.ts';

/** A queue with a clock of its own, and the wiring of a consumer whose retries it hides. */
export function queueWiring(
  options: ConstructorParameters<typeof FifoQueue>[1] = {},
  over: Partial<FakeWiring> = {},
): { readonly clock: FakeClock; readonly queue: FifoQueue; readonly wiring: FakeWiring } {
  const clock = new FakeClock();
  const queue = new FifoQueue(clock, options);
  const visibility = {
    change: async (handles: readonly string[], seconds: number) => queue.hide(handles, seconds),
  };
  return { clock, queue, wiring: fakeWiring({ clock, visibility, ...over }) };
}
