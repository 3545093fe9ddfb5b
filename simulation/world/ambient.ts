import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { Prng } from './prng.ts';
import type { World } from './world.ts';

const RealDate = Date;

/** The run that is under way in this thread. */
let current: { readonly world: World; readonly random: Prng } | undefined;

function world(): World {
  if (current === undefined) throw new Error('No run is under way');
  return current.world;
}

class VirtualDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(world().now);
    else super(...(args as [number]));
  }
  static override now(): number {
    return world().now;
  }
}

/** Replaces a function whose result depends on the machine. Its use fails the run, even if the error is caught. */
function refused(name: string) {
  return (): never => {
    current?.world.violated(`${name} was used: time and chance of a run are virtual`);
    throw new Error(`${name} is real, and a run is virtual`);
  };
}

/** The globals and functions that a run replaces. */
function replacements(): readonly (readonly [holder: object, name: string, value: unknown])[] {
  const random = () => (current as NonNullable<typeof current>).random;
  const timerNames = ['setTimeout', 'setInterval', 'setImmediate'] as const;
  return [
    [globalThis, 'Date', VirtualDate],
    [globalThis.performance, 'now', () => world().now],
    [Math, 'random', () => random().next()],
    [crypto, 'randomUUID', () => random().uuid()],
    [crypto, 'randomBytes', refused('crypto.randomBytes')],
    [process, 'hrtime', refused('process.hrtime')],
    [AbortSignal, 'timeout', refused('AbortSignal.timeout')],
    ...timerNames.map((name) => [globalThis, name, refused(name)] as const),
    ...timerNames.map((name) => [timers, name, refused(`timers.${name}`)] as const),
    [timersPromises, 'setTimeout', refused('timers/promises.setTimeout')],
    [timersPromises, 'setImmediate', refused('timers/promises.setImmediate')],
  ];
}

/**
 * Runs a function with the world's clock and random numbers instead of the machine's, also for libraries: `Date` is the
 * virtual clock, and a real timer fails the run.
 *
 * @param fetch Replaces `fetch`.
 */
export async function inside<Result>(
  world: World,
  fetch: typeof globalThis.fetch,
  run: () => Promise<Result>,
): Promise<Result> {
  if (current !== undefined) throw new Error('Another run is under way in this thread');
  current = { world, random: new Prng(world.seed, 'ambient') };
  const replaced = [...replacements(), [globalThis, 'fetch', fetch] as const].map(([holder, name, value]) => {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, { value, configurable: true, writable: true });
    return () => {
      if (before === undefined) Reflect.deleteProperty(holder, name);
      else Object.defineProperty(holder, name, before);
    };
  });
  syncBuiltinESMExports();
  // In a deployed function an unhandled rejection would end the process.
  const unhandled = (reason: unknown) => world.violated(`nobody handles that ${reason}`);
  process.on('unhandledRejection', unhandled);
  try {
    return await run();
  } finally {
    process.off('unhandledRejection', unhandled);
    for (const restore of replaced) restore();
    syncBuiltinESMExports();
    current = undefined;
  }
}
