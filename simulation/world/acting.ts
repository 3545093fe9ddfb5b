import type { VirtualProcess } from './virtual-process.ts';
import type { World } from './world.ts';

const acting = new WeakMap<World, VirtualProcess>();

/** The process whose code runs right now, for what it calls without naming itself. */
export function actingIn(world: World): VirtualProcess | undefined {
  return acting.get(world);
}

/** Runs code of a process, up to its first pause. */
export function actAs<Result>(process: VirtualProcess, world: World, run: () => Result): Result {
  acting.set(world, process);
  try {
    return run();
  } finally {
    acting.delete(world);
  }
}
