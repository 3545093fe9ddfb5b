import { usageOf } from '../../../system/arguments.ts';

test('a usage has what options mean in one column, however long they are', () => {
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
