import { readFuzz } from '../../fuzz/options.ts';

const names = ['consumer', 'intake'];

describe('the options of npm run fuzz', () => {
  it('all have defaults', () => {
    expect(readFuzz([], names, 2 ** 31 + 7)).toEqual({
      target: undefined,
      runs: 20_000,
      seed: 7,
      path: undefined,
    });
  });

  it('accept the command that a failure prints', () => {
    expect(readFuzz(['--target', 'intake', '--seed', '3', '--path', '12:0:3'], names)).toMatchObject({
      target: 'intake',
      seed: 3,
      path: '12:0:3',
    });
  });

  it.each([
    ['--target', 'intak'],
    ['--runs', '0'],
    ['--runs', '1.5'],
    ['--runs', ''],
    ['--seed', 'x'],
    ['--seed', '-1'],
    ['--seed', '2147483648'],
    ['--path', '1:2'],
  ])('are refused with an error that names %s and the invalid value "%s"', (option, value) => {
    expect(() => readFuzz([`${option}=${value}`], names)).toThrow(
      new RegExp(`^${option} is "${value}": it takes `),
    );
  });

  it.each(['1,2', '1:2x', ''])('are refused for the invalid path "%s"', (path) => {
    expect(() => readFuzz(['--target=intake', '--seed=3', `--path=${path}`], names)).toThrow(
      `--path is "${path}": it takes whole numbers `,
    );
  });

  it('refuse unknown options', () => {
    expect(() => readFuzz(['--trget', 'intake'], names)).toThrow(/^Unknown option '--trget'/);
  });
});
