import { readCompare } from '../../contract/compare/options.ts';

describe('the options of a comparison of stores', () => {
  it('default to 10,000 transactions with a new seed each time', () => {
    expect(readCompare([], 7)).toEqual({ runs: 10_000, seed: 7 });
  });

  it('are read from the arguments', () => {
    const args = ['--runs', '5', '--seed', '3', '--path', '1:2'];
    expect(readCompare(args)).toEqual({ runs: 5, seed: 3, path: '1:2' });
    expect(readCompare(['--help'])).toBe('help');
  });

  it.each([
    [['--runs', '0'], '--runs is "0"'],
    [['--seed', 'x'], '--seed is "x"'],
    [['--seed', '1', '--path', 'x'], '--path is "x"'],
    [['--path', '1:2'], '--path is "1:2": it takes its --seed beside it'],
  ])('are refused if they are %p', (args, message) => {
    expect(() => readCompare(args)).toThrow(message);
  });
});
