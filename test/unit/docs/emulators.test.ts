import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differencesTable, resultsTable, skippedList } from '../../emulators/matrix.ts';
import { resultsOf } from '../../emulators/read-results.ts';

const page = readFileSync(join(__dirname, '../../../docs/emulators.md'), 'utf8');

describe('docs/emulators.md', () => {
  it('lists the differences from AWS that the code knows', () => {
    expect(page).toContain(`<!-- differences -->\n${differencesTable()}\n<!-- end of differences -->`);
  });

  it('says first that nothing was run on AWS', () => {
    expect(page.split('\n')[2]).toContain('Nothing here has been run on AWS');
  });
});

describe('the table of results', () => {
  const result = (fullName: string, status: string) => ({ fullName, status });
  const files = resultsOf({
    testResults: [
      {
        name: '/checkout/test/integration/short/broker.test.ts',
        assertionResults: [
          result('a', 'passed'),
          result('b (it has none)', 'pending'),
          result('c', 'failed'),
        ],
      },
      { name: '/checkout/test/integration/intake.test.ts', assertionResults: [result('d', 'passed')] },
      { name: '/checkout/test/localstack/localstack.test.ts', assertionResults: [result('e', 'passed')] },
    ],
  });
  const runs = [{ title: 'One', files }];

  it('has a row for each file and one for all, with passed, failed and skipped tests', () => {
    expect(resultsTable(runs).split('\n').slice(2)).toEqual([
      '| `intake.test.ts` | 1 passed |',
      '| `short/broker.test.ts` | 1 passed, 1 failed, 1 skipped |',
      '| all | 2 passed, 1 failed, 1 skipped |',
    ]);
  });

  it('is followed by the names of the skipped tests', () => {
    expect(skippedList(runs)).toBe('Skipped on One:\n\n- b (it has none)');
  });
});
