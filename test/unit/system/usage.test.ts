import { ConfigurationError } from '../../../contract/errors.ts';
import { readArguments, usageOf } from '../../../system/arguments.ts';

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

describe('readArguments', () => {
  const options = {
    emulator: { value: 'NAME', help: 'the emulator' },
    context: { value: 'KEY=VALUE', help: 'the context', many: true },
    keep: { value: '', help: 'keep it' },
  } as const;
  const read = (...args: readonly string[]) => readArguments(args, options, 'See --help').values;

  test.each([
    ['--emulator', ['--emulator', 'a', '--emulator=b']],
    ['--keep', ['--keep', '--keep']],
  ])('refuses %s if it is given twice, because one of its values would be ignored', (option, args) => {
    expect(() => read(...args)).toThrow(ConfigurationError);
    expect(() => read(...args)).toThrow(`Option '${option}' is given twice: give it once. See --help`);
  });

  test('collects the values of an option that may be given several times', () => {
    expect(read('--context', 'a=1', '--context', 'b=2').context).toEqual(['a=1', 'b=2']);
  });
});
