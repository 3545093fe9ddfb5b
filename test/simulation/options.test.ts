import { readOptions } from './command/options.ts';

describe('the options of npm run simulate', () => {
  it('are all optional', () => {
    expect(readOptions([])).toMatchObject({ seeds: { first: 1, last: 1000 }, trace: false });
  });

  it.each([
    ['--seeds', '1'],
    ['--seeds', 'a..b'],
    ['--seeds', '2..1'],
    ['--workload', 'ordres'],
    ['--without-events', '1,x'],
    ['--without-faults', 'crashes'],
    ['--most-faults', '-1'],
    ['--most-faults', '1.5'],
    ['--mutant', 'none'],
  ])('name %s and the value "%s" where it is none', (option, value) => {
    expect(() => readOptions([`${option}=${value}`])).toThrow(new RegExp(`^${option} is ".*": it takes `));
  });

  it('trace one run only', () => {
    expect(() => readOptions(['--seeds', '1..2', '--trace'])).toThrow('--trace is for one run');
  });

  it('are no others', () => {
    expect(() => readOptions(['--sedes', '1..2'])).toThrow(/^Unknown option '--sedes'/);
  });
});
