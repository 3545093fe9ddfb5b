import { readLocalOptions } from '../../../cli/local/options.ts';

test('deploys the app of cdk.json to MiniStack by default', () => {
  expect(readLocalOptions([], {})).toEqual({
    emulator: 'ministack',
    app: undefined,
    stackName: undefined,
    context: {},
    outputs: undefined,
  });
});

test('takes the emulator from the environment unless an option names one', () => {
  const own = { EMULATOR: 'localstack' };
  expect(readLocalOptions([], own)).toMatchObject({ emulator: 'localstack' });
  expect(readLocalOptions(['--emulator', 'ministack'], own)).toMatchObject({ emulator: 'ministack' });
});

test('refuses an emulator in the environment that does not exist', () => {
  expect(() => readLocalOptions([], { EMULATOR: 'floci' })).toThrow('EMULATOR is "floci": it takes one of');
});

test('reads all options, and context that is given several times', () => {
  const args = [
    '--emulator',
    'localstack',
    '--app',
    'node app.js',
    '--stack',
    'Shop',
    '--outputs',
    'out.json',
  ];
  const context = ['--context', 'stage=dev', '--context', 'filter=a=b', '--context=empty='];
  expect(readLocalOptions([...args, ...context])).toEqual({
    emulator: 'localstack',
    app: 'node app.js',
    stackName: 'Shop',
    context: { stage: 'dev', filter: 'a=b', empty: '' },
    outputs: 'out.json',
  });
});
