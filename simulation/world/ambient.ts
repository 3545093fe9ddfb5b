import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { Prng } from './prng.ts';
import type { World } from './world.ts';

const RealDate = Date;

/** Reads the clock of the run that is under way. */
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

/** Something real that would make a run depend on the machine; the run fails even where the error is swallowed. */
function refused(name: string) {
  return (): never => {
    current?.world.violated(`${name} was used: time and chance of a run are virtual`);
    throw new Error(`${name} is real, and a run is virtual`);
  };
}

/** Name by name what a run replaces, and where it lives. */
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
 * Runs with the world's clock and chance in place of the machine's, for libraries too: whoever reads `Date` reads the
 * virtual clock, and whoever asks for a real timer fails the run.
 *
 * @param fetch What `fetch` does meanwhile.
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
  // In a function it would end the process.
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
