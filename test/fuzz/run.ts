import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../contract/errors.ts';
import { targets } from './targets.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    path: { type: 'string' },
  },
});
const runs = wholeNumber('runs', values.runs);
const seed = wholeNumber('seed', values.seed);
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0) {
  const names = targets.map(({ name }) => name).join(', ');
  throw new ConfigurationError(`--target is "${values.target}": it takes one of ${names}`);
}

for (const { name, fuzz } of chosen) {
  process.stdout.write(`${name}, ${runs} runs, seed ${seed}: `);
  const begun = performance.now();
  const failure = await fuzz({ runs, seed, ...(values.path !== undefined && { path: values.path }) });
  const seconds = (performance.now() - begun) / 1000;
  process.stdout.write(
    `${failure ?? `nothing in ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)}/s`}\n`,
  );
  if (failure !== undefined) process.exitCode = 1;
}

function wholeNumber(name: string, value: string): number {
  const number = Number(value);
  if (/^-?\d+$/.test(value) && Number.isSafeInteger(number)) return number;
  throw new ConfigurationError(`--${name} is "${value}": it takes a whole number`);
}
