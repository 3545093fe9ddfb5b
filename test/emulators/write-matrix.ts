import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../system/folders.ts';
import { differencesTable, resultsTable, skippedList } from './matrix.ts';
import { readResults } from './read-results.ts';

/*
 * Writes the tables of docs/emulators.md from two runs of the integration tests:
 *
 *   npm run docs:emulators -- MINISTACK.json LOCALSTACK.json
 *
 * Each file is what `npx jest --selectProjects short integration --json --outputFile=FILE` wrote, on one emulator.
 */

const [ministack, localstack] = process.argv.slice(2);
if (ministack === undefined || localstack === undefined) {
  process.stderr.write('Give two files: the results of Jest on MiniStack, and on LocalStack\n');
  process.exit(2);
}
const runs = [
  { title: 'MiniStack', files: readResults(ministack) },
  { title: 'LocalStack', files: readResults(localstack) },
];
const page = join(repository, 'docs', 'emulators.md');
const parts = {
  differences: differencesTable(),
  results: resultsTable(runs),
  skipped: skippedList(runs),
};
let text = readFileSync(page, 'utf8');
for (const [name, content] of Object.entries(parts)) {
  const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`);
  if (!place.test(text)) throw new Error(`docs/emulators.md has no place for ${name}`);
  text = text.replace(place, (_, begin, end) => `${begin}${content}\n${end}`);
}
writeFileSync(page, text);
