import assert from 'node:assert/strict';
import fc from 'fast-check';

/** In ms. Of CPU time, which a busy machine does not add to: what is meant to take milliseconds must not take this. */
const mostWork = 5_000;

/** In ms: ends a check that waits for an event that never comes. A busy machine may stretch the work above by 50. */
const longestWait = 50 * mostWork;

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** Where a failed run ended, as it said itself: only that input comes again. */
  readonly path?: string;
}

/** Code that takes input from outside, and what must hold whatever that is. */
export interface Target {
  readonly name: string;
  /** How many inputs `npm test` tries; the examples are among them. */
  readonly runs: number;
  /** @returns What went wrong, with the smallest input for which it does; `undefined` where nothing did. */
  readonly fuzz: (options: FuzzOptions) => Promise<string | undefined>;
}

export interface TargetOptions<Input> {
  readonly name: string;
  readonly runs: number;
  readonly inputs: fc.Arbitrary<Input>;
  /** Inputs that come first in every run: those that are too large to be drawn often. */
  readonly examples?: readonly Input[];
  /** Throws where something does not hold. */
  readonly check: (input: Input) => void | Promise<void>;
}

export function target<Input>({ name, runs, inputs, examples = [], check }: TargetOptions<Input>): Target {
  const property = fc.asyncProperty(inputs, (input) => bounded(() => check(input)));
  return {
    name,
    runs,
    fuzz: async ({ runs, seed, path }) => {
      const result = await fc.check(property, {
        seed,
        numRuns: Math.max(runs, examples.length),
        examples: examples.map((input): [Input] => [input]),
        timeout: longestWait,
        ...(path !== undefined && { path }),
      });
      if (!result.failed) return undefined;
      const replay = `npm run fuzz -- --target ${name} --seed ${result.seed} --path ${result.counterexamplePath}`;
      return `${shown(result.counterexample)}\n${result.errorInstance}\nAgain: ${replay}`;
    },
  };
}

async function bounded(check: () => void | Promise<void>): Promise<void> {
  const before = process.cpuUsage();
  await check();
  const { user, system } = process.cpuUsage(before);
  const work = (user + system) / 1000;
  assert.ok(work < mostWork, `It took ${Math.round(work)} ms of CPU time`);
  assert.equal(Reflect.ownKeys(Object.prototype).length, prototypeKeys, 'Object.prototype has another key');
}

const prototypeKeys = Reflect.ownKeys(Object.prototype).length;

/** The start of a large input says which one it is. */
const mostShown = 2_000;

function shown(counterexample: unknown): string {
  const text = fc.stringify(counterexample);
  return text.length > mostShown ? `${text.slice(0, mostShown)}… (${text.length} characters)` : text;
}
