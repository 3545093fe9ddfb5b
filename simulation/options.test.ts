import { readCrash } from './command/chosen-crash.ts';
import { readChosen } from './command/chosen-mutants.ts';
import { readOptions, readUncovered, usage } from './command/options.ts';
import { mutantNames } from './mutants/table.ts';

describe('the options of npm run simulate', () => {
  it('all have defaults', () => {
    expect(readOptions([])).toMatchObject({ seeds: { first: 1, last: 1000 }, trace: false });
  });

  it.each([
    ['--seeds', '1'],
    ['--seeds', 'a..b'],
    ['--seeds', '2..1'],
    ['--seeds', '1..1000001'],
    ['--workload', 'ordres'],
    ['--without-events', '1,x'],
    ['--without-faults', 'crashes'],
    ['--most-faults', '-1'],
    ['--most-faults', '1.5'],
    ['--mutant', 'none'],
    ['--json', ''],
  ])('are refused with an error that names %s and the invalid value "%s"', (option, value) => {
    expect(() => readOptions([`${option}=${value}`])).toThrow(new RegExp(`^${option} is ".*": it takes `));
  });

  it('accept --trace only for one run', () => {
    expect(() => readOptions(['--seeds', '1..2', '--trace'])).toThrow('--trace is for one run');
  });

  it('refuse unknown options', () => {
    expect(() => readOptions(['--sedes', '1..2'])).toThrow(/^Unknown option '--sedes'\n/);
    expect(() => readCrash(['--point', '1'])).toThrow(/^Unknown option '--point'\n/);
  });

  it('are separated from their descriptions in the usage', () => {
    for (const line of usage.split('\n').filter((line) => line.startsWith('  --'))) {
      expect(line).toMatch(/^ {2}--\S+( \S+)? {2,}\S/);
    }
  });
});

describe('the options of npm run simulate:uncovered', () => {
  it('are a range of seeds', () => {
    expect(readUncovered([])).toEqual({ first: 1, last: 1000 });
    expect(readUncovered(['--seeds', '3..4'])).toEqual({ first: 3, last: 4 });
    expect(() => readUncovered(['--seeds', '4'])).toThrow(/^--seeds is "4": it takes /);
  });
});

describe('the arguments of npm run simulate:mutants', () => {
  it('are names of mutants, or empty for all mutants', () => {
    expect(readChosen(['a real clock'])).toEqual({ names: ['a real clock'] });
    expect(readChosen([])).toEqual({ names: mutantNames });
  });

  it('refuse unknown names', () => {
    expect(() => readChosen(['a real clock', 'clock'])).toThrow(/^"clock" is no mutant: take a name of /);
  });
});

describe('the arguments of npm run simulate:crashes', () => {
  it('are a scenario and its crash points, or empty for all scenarios', () => {
    expect(readCrash([])).toEqual({});
    expect(readCrash(['billing', 'a conflict', '3,5'])).toMatchObject({
      chosen: { scenario: { consumer: 'billing', name: 'a conflict' }, points: [3, 5] },
    });
    expect(readCrash(['billing', 'a conflict'])).toMatchObject({ chosen: { points: [] } });
  });

  it.each([
    [['bills'], '"bills" is no consumer: take one of '],
    [['billing', 'conflict'], '"conflict" is no scenario of billing: take one of '],
    [['billing', 'a conflict', '1,x'], '"1,x" is no list of points: '],
    [['billing', 'a conflict', '1', '2'], '"2" is one argument too many: '],
  ])('are refused if they are %j', (args, message) => {
    expect(() => readCrash(args)).toThrow(message);
  });
});
