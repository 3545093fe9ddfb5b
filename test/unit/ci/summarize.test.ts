import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { abilities } from '../../../local/endpoint/abilities.ts';

const script = join(__dirname, '../../../.ci/summarize.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-once-summary-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Sums up one run with a passed test and these skipped ones. */
function summarize(...skipped: readonly string[]) {
  const file = join(folder, 'results.json');
  const assertionResults = [
    { status: 'passed', fullName: 'passes' },
    ...skipped.map((fullName) => ({ status: 'pending', fullName })),
  ];
  const numbers = { numPassedTests: 1, numFailedTests: 0, numFailedTestSuites: 0 };
  writeFileSync(file, JSON.stringify({ ...numbers, testResults: [{ assertionResults }] }));
  const { status, stdout } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
  return { status, lastLine: stdout.trim().split('\n').at(-1) };
}

test('accepts a skipped test whose name says what the emulator or the endpoint cannot do', () => {
  const reasons = Object.values(abilities).map(({ without }) => `the endpoint ${without}`);
  const others = ['the emulator differs from DynamoDB', 'the endpoint sets them at the deployment'];
  const names = [...reasons, ...others].map((reason) => `a topic (${reason}) delivers once`);
  expect(summarize(...names)).toEqual({
    status: 0,
    lastLine: `1 passed, 0 failed, ${names.length} skipped`,
  });
});

test('counts any other skipped test as failed', () => {
  expect(summarize('an endpoint answers', 'a topic (later) delivers once')).toEqual({
    status: 1,
    lastLine: '1 passed, 2 failed, 0 skipped',
  });
});
