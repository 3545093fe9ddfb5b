import type { VirtualProcess } from './virtual-process.ts';
import type { World } from './world.ts';

const acting = new WeakMap<World, VirtualProcess>();

/** The process whose code runs now. Its calls do not name their process. */
export function actingIn(world: World): VirtualProcess | undefined {
  return acting.get(world);
}

/** Runs code of a process, until its first `await`. */
export function actAs<Result>(process: VirtualProcess, world: World, run: () => Result): Result {
  acting.set(world, process);
  try {
    return run();
  } finally {
    acting.delete(world);
  }
}
