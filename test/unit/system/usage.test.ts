import { usageOf } from '../../../system/arguments.ts';

test('a usage shows the descriptions of options in one column, whatever the length of the options', () => {
  const options = {
    only: { value: 'NAME|OTHER|AND-ANOTHER', default: 'NAME', help: 'take this one' },
    help: { value: '', help: 'print this' },
  };
  expect(usageOf('npm run it -- [options]', options).split('\n')).toEqual([
    'npm run it -- [options]',
    '',
    '  --only NAME|OTHER|AND-ANOTHER  take this one (default NAME)',
    '  --help                         print this',
  ]);
});
