import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../cli/support.ts';

const repository = join(__dirname, '../../..');
const pages = [
  'README.md',
  ...readdirSync(join(repository, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Every command of a block that a reader may copy, with the page that shows it. */
const shown = pages.flatMap((page) => {
  const blocks = readFileSync(join(repository, page), 'utf8').matchAll(/^```(?:sh|console)\n(.*?)^```/gms);
  const lines = [...blocks].flatMap(([, block = '']) => block.split('\n'));
  return lines
    .map((line) => /^(?:\$ )?npx order-once (.*?)(?: +#.*)?$/.exec(line)?.[1])
    .filter((command) => command !== undefined)
    .map((command) => [page, command] as const);
});

test('the documentation shows commands', () => expect(shown.length).toBeGreaterThan(10));

test.each(shown)('%s: npx order-once %s exists, with these options', async (_, command) => {
  const words = command.match(/'[^']*'|\S+/g) ?? [];
  const { code, errors } = await run(...words.map((word) => word.replaceAll("'", '')), '--help');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
});
