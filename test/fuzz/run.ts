import { command } from '../../system/command.ts';
import { type FuzzCommand, readFuzz, usage } from './options.ts';
import { targets } from './targets.ts';

const names = targets.map(({ name }) => name);

await command(process.argv.slice(2), (args) => readFuzz(args, names), usage, fuzzChosen);

async function fuzzChosen({ target, runs, seed, path }: FuzzCommand): Promise<boolean> {
  let failed = 0;
  for (const { name, fuzz } of targets.filter(({ name }) => target === undefined || name === target)) {
    process.stdout.write(`${name}, ${runs} runs, seed ${seed}: `);
    const begun = performance.now();
    const failure = await fuzz({ runs, seed, ...(path !== undefined && { path }) });
    const seconds = (performance.now() - begun) / 1000;
    process.stdout.write(
      `${failure ?? `nothing in ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)}/s`}\n`,
    );
    if (failure !== undefined) failed += 1;
  }
  return failed === 0;
}
