import { readFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import blankTypes from 'ts-blank-space';
import { command } from '../../system/command.ts';
import { meantSources } from '../coverage/meant.ts';
import { unreachedLines } from '../coverage/unreached-lines.ts';
import { scenarioOf } from '../scenario.ts';
import { readUncovered, type SimulateOptions, uncoveredUsage } from './options.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs seeds once each, and prints the lines of runtime and publisher that none of them reached.
 *
 * `ts-blank-space` loads this process's sources, because it leaves every character in its place.
 */
await command(process.argv.slice(2), readUncovered, uncoveredUsage, async (seeds) => {
  await print(await count(seeds));
  return true;
});

/** @returns For each loaded script, by its URL: the execution counts of its functions and blocks. */
async function count({ first, last }: SimulateOptions['seeds']) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  // Only scripts that are loaded from here on are counted.
  const { run } = await import('../run.ts');
  for (let seed = first; seed <= last; seed++) await run(scenarioOf(seed));
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  return new Map(result.map(({ url, functions }) => [url, functions]));
}

async function print(counted: Awaited<ReturnType<typeof count>>): Promise<void> {
  for (const path of await meantSources(repository)) {
    const file = join(repository, path);
    const source = await readFile(file, 'utf8');
    const numbers = unreachedLines(blankTypes(source), counted.get(pathToFileURL(file).href));
    if (numbers.length === 0) continue;
    const lines = source.split('\n');
    const told = numbers.map((number) => `${String(number).padStart(5)}  ${lines[number - 1]}`);
    process.stdout.write(`${path}\n${told.join('\n')}\n`);
  }
}
