import { version } from '../../../contract/version.ts';
import { run } from './support.ts';

const oneLine = /^[^\n]+\n$/;

test.each([[[]], [['--help']], [['-h']], [['help']]])('shows the commands for %j', async (args) => {
  const { code, output, errors } = await run(...args);
  expect(output).toMatch(/^npx order-once COMMAND \[options\]\n(.*\n)* {2}local +/);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
});

test('prints the version of the package', async () => {
  expect(await run('--version')).toEqual({ code: 0, output: `${version}\n`, errors: '' });
});

test.each([
  [
    'lokal',
    'There is no command "lokal": the commands are status, explain, dlq, unknown, blocked, pause, resume, publish, verify, erase, doctor, local.',
  ],
  [
    '--lokal',
    'There is no option "--lokal": the commands are status, explain, dlq, unknown, blocked, pause, resume, publish, verify, erase, doctor, local.',
  ],
  ['constructor', 'There is no command "constructor"'],
])('refuses %s in one line, with exit code 2', async (name, message) => {
  const { code, output, errors } = await run(name);
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors).toMatch(oneLine);
  expect(errors).toContain(message);
});

describe('local', () => {
  test('shows its options and examples', async () => {
    const { code, output, errors } = await run('local', '--help');
    expect(output).toMatch(/^npx order-once local \[options\]\n/);
    expect(output).toContain("\n  npx order-once local --app 'npx tsx bin/app.ts'\n");
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });

  test.each([
    [['--emulater', 'ministack'], "Unknown option '--emulater'. See npx order-once local --help"],
    [['Loyalty'], "Unexpected argument 'Loyalty'"],
    [['--emulator', 'floci'], '--emulator is "floci": it takes one of ministack, localstack'],
    [['--stack', ''], '--stack is "": it takes the name of a stack'],
    [['--context', 'stage'], '--context is "stage": it takes KEY=VALUE, for example stage=dev'],
    [['--context', '=dev'], '--context is "=dev": it takes KEY=VALUE'],
    [['--outputs', ''], '--outputs is "": it takes the path of a file'],
    [['--app', ''], 'The command of the app (--app, app) is empty'],
    [
      ['--outputs', '/nowhere/outputs.json'],
      '--outputs is "/nowhere/outputs.json": it cannot be written (ENOENT',
    ],
  ])('refuses %j in one line, with exit code 2', async (args, message) => {
    const { code, output, errors } = await run('local', ...args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(oneLine);
    expect(errors).toContain(message);
  });
});
