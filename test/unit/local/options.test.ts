import { readOptions } from '../../../local/options.ts';

const read = (...args: string[]) => readOptions(args, 'samples.gz');

describe('the options of npm start', () => {
  it('have safe defaults', () => {
    expect(read()).toEqual({
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

  it('say what goes wrong outside', () => {
    const args = ['--provider', 'fail-after', '--mail=hang', '--kill', '3', '--outage=20'];
    expect(read(...args)).toMatchObject({ provider: 'fail-after', mail: 'hang', kill: 3, outage: 20 });
  });

  it('ask for help', () => {
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
    [['--unknown'], "Unknown option '--unknown'"],
    [['--json'], "'--json"],
    [['stray'], "'stray'"],
    [['--keep=yes'], "'--keep'"],
  ])('fail with %j, naming it', (args, message) => {
    expect(() => read(...args)).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }));
    expect(() => read(...args)).toThrow(message);
  });
});
