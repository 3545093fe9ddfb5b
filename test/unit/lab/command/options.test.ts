import { readOptions } from '../../../../lab/command/options.ts';

const read = (...args: string[]) => readOptions(args, 'samples.gz');

describe('the options of npm start', () => {
  it('have safe defaults', () => {
    expect(read()).toEqual({
      emulator: 'ministack',
      events: 'samples.gz',
      limit: 1000,
      duplicates: 0.1,
      lateDuplicates: 0.1,
      poison: 7,
      conflicts: 2,
      shuffle: 0,
      seed: 1,
      provider: 'none',
      mail: 'none',
      kill: 0,
      freeze: 0,
      outage: 0,
      keep: false,
      json: undefined,
    });
  });

  it('are read with and without an equals sign', () => {
    expect(read('--limit', '5', '--late-duplicates=0.5', '--events', '-', '--keep')).toMatchObject({
      limit: 5,
      lateDuplicates: 0.5,
      events: '-',
      keep: true,
    });
  });

  it('select the faults of provider and mails', () => {
    const args = ['--provider', 'fail-after', '--mail=hang', '--kill', '3', '--freeze=2', '--outage=20'];
    expect(read(...args)).toMatchObject({
      provider: 'fail-after',
      mail: 'hang',
      kill: 3,
      freeze: 2,
      outage: 20,
    });
  });

  it('can ask for help', () => {
    expect(read('--help', '--limit', 'x')).toBe('help');
  });

  it.each([
    [['--limit', '-5'], '--limit is "-5"'],
    [['--limit', '1.5'], '--limit is "1.5"'],
    [['--limit', ''], '--limit is ""'],
    [['--poison', 'many'], '--poison is "many"'],
    [['--seed', '1e99'], '--seed is "1e99"'],
    [['--duplicates', '1.1'], '--duplicates is "1.1"'],
    [['--duplicates', 'NaN'], '--duplicates is "NaN"'],
    [['--shuffle', '2'], '--shuffle is "2"'],
    [['--late-duplicates', '-0.1'], '--late-duplicates is "-0.1"'],
    [['--provider', 'fast'], '--provider is "fast": it takes one of none, slow, hang,'],
    [['--mail', ''], '--mail is "": it takes one of none, lost, hang, mixed'],
    [['--kill', '-1'], '--kill is "-1"'],
    [['--outage', '20s'], '--outage is "20s": it takes a whole number from 0'],
    [['--outage', '0.5'], '--outage is "0.5"'],
    [['--events='], '--events is "": it takes the path of a file'],
    [['--json', ''], '--json is "": it takes the path of a file'],
    [['--unknown'], "Unknown option '--unknown'"],
    [['--v1. 2'], "'--v1. 2'"],
    [['--constructor', '5'], "'--constructor'"],
    [['--json'], "'--json"],
    [['stray'], "'stray'"],
    [['--keep=yes'], "'--keep'"],
  ])('fail with %j, and name it', (args, message) => {
    expect(() => read(...args)).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }));
    expect(() => read(...args)).toThrow(message);
  });

  it.each([
    ['--limit'],
    ['--provider'],
    ['--unknown='],
  ])('fail with a short error for a long value of %s', (name) => {
    expect(() => read(`${name}=${'x'.repeat(100_000)}`)).toThrow(/^(?=.{1,5000}$)/s);
  });
});
