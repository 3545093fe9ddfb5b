import { readFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { meantSources } from '../coverage/meant.ts';
import { unreachedLines } from '../coverage/unreached-lines.ts';
import { scenarioOf } from '../scenario.ts';
import { seedsOf } from './options.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs seeds once each, and prints the lines of runtime and publisher that none of them reached: `--seeds A..B`. */
const { values } = parseArgs({ options: { seeds: { type: 'string', default: '1..1000' } } });
const seeds = seedsOf(values.seeds);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
// Only what is loaded from here on is counted.
const { run } = await import('../run.ts');
for (let seed = seeds.first; seed <= seeds.last; seed++) await run(scenarioOf(seed));
const { result } = await session.post('Profiler.takePreciseCoverage');
session.disconnect();

const functions = new Map(result.map((script) => [script.url, script.functions]));
for (const path of await meantSources(repository)) {
  const file = join(repository, path);
  const source = await readFile(file, 'utf8');
  const numbers = unreachedLines(stripTypeScriptTypes(source), functions.get(pathToFileURL(file).href));
  if (numbers.length === 0) continue;
  const lines = source.split('\n');
  const told = numbers.map((number) => `${String(number).padStart(5)}  ${lines[number - 1]}`);
  process.stdout.write(`${path}\n${told.join('\n')}\n`);
}
