import { readLocalOptions } from '../../../cli/local/options.ts';

test('deploys the app of cdk.json to MiniStack by default', () => {
  expect(readLocalOptions([])).toEqual({
    emulator: 'ministack',
    app: undefined,
    stackName: undefined,
    context: {},
    outputs: undefined,
  });
});

test('leaves EMULATOR to other tools, which use it for emulators of their own', () => {
  const { env } = process;
  env.EMULATOR = 'Pixel_9';
  try {
    expect(readLocalOptions([])).toMatchObject({ emulator: 'ministack' });
  } finally {
    delete env.EMULATOR;
  }
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
