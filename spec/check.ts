import { command } from '../system/command.ts';
import type { Model, Mutant } from './models.ts';
import { type Chosen, readChosen, usage } from './options.ts';
import { liveness, type Outcome } from './outcome.ts';
import { check, installTlc, stopAll } from './tlc.ts';

/** Number of concurrent TLC runs; each uses one core. */
const atOnce = 2;

interface Line {
  readonly columns: readonly string[];
  readonly wrong: string | undefined;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stopAll();
    process.exit(1);
  });
}
process.once('exit', stopAll);

await command(process.argv.slice(2), readChosen, usage, checkChosen);

/** Checks each model, and then checks that each mutant violates its named invariant or property. */
async function checkChosen({ models, mutants }: Chosen): Promise<boolean> {
  await installTlc();
  print(row(['model', 'states', 'depth', 'actions', 'seconds', '']));
  const lines = await inOrder([
    ...models.map((model) => () => checkModel(model)),
    ...mutants.map((mutant) => () => checkMutant(mutant)),
  ]);
  const wrong = lines.filter(({ wrong }) => wrong !== undefined);
  for (const line of wrong) print(`\n${line.columns[0]}: ${line.wrong}`);
  print(`\n${lines.length - wrong.length} of ${lines.length} as they should be`);
  return wrong.length === 0;
}

async function checkModel(model: Model): Promise<Line> {
  const { outcome, seconds } = await timed({ model: model.name, counted: true });
  const actions = [...outcome.taken.values()].filter((count) => count > 0).length;
  const wrong =
    outcome.failure ??
    (outcome.violated === undefined ? surprise(model, outcome) : `${outcome.violated} is violated`);
  const verdict = wrong === undefined ? 'holds' : 'FAILS';
  return {
    columns: [model.name, grouped(outcome.states), String(outcome.depth), String(actions), seconds, verdict],
    wrong,
  };
}

/** An action that is never taken proves nothing, so the check fails. */
function surprise({ never }: Model, { taken }: Outcome): string | undefined {
  const idle = [...taken].filter(([name, count]) => count === 0 && !never.includes(name));
  const busy = [...taken].filter(([name, count]) => count > 0 && never.includes(name));
  const unnamed = never.filter((name) => !taken.has(name));
  if (idle.length + busy.length + unnamed.length === 0) return undefined;
  return [
    `never taken: ${names(idle.map(([name]) => name))}`,
    `taken although it cannot be: ${names(busy.map(([name]) => name))}`,
    `not in the model: ${names(unnamed)}`,
  ].join('; ');
}

/** An invariant or step property is checked without the liveness property, which triples the time. */
async function checkMutant({ mutation, model, violates }: Mutant): Promise<Line> {
  const { outcome, seconds } = await timed({
    model,
    changes: { Mutation: `"${mutation}"` },
    without: violates === liveness ? [] : [liveness],
  });
  const found = outcome.violated ?? 'nothing';
  const wrong = outcome.failure ?? (found === violates ? undefined : `violates ${found}, not ${violates}`);
  const { states, depth } = outcome;
  return {
    columns: [`${model}: ${mutation}`, grouped(states), String(depth), '', seconds, `breaks ${found}`],
    wrong,
  };
}

async function timed(job: Parameters<typeof check>[0]) {
  const begin = performance.now();
  const outcome = await check(job);
  return { outcome, seconds: ((performance.now() - begin) / 1000).toFixed(0) };
}

/** Runs a few at once, and prints each line as it comes. */
async function inOrder(jobs: readonly (() => Promise<Line>)[]): Promise<Line[]> {
  const waiting = [...jobs];
  const lines: Line[] = [];
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const line = await job();
      print(row(line.columns));
      lines.push(line);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return lines;
}

function row([
  name = '',
  states = '',
  depth = '',
  actions = '',
  seconds = '',
  verdict = '',
]: readonly string[]) {
  const numbers = `${states.padStart(10)}${depth.padStart(7)}${actions.padStart(9)}${seconds.padStart(9)}`;
  return `${name.padEnd(46)}${numbers}  ${verdict}`.trimEnd();
}

function names(list: readonly string[]): string {
  return list.join(', ') || 'none';
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
