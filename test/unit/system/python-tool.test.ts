import { environmentName, lastLine } from '../../../system/python/python-tool.ts';

describe('environmentName', () => {
  const pins = 'h11==0.16.0\nministack==1.5.33\nministack-extras==9.9\n';

  test('names the tool, its version and the Python', () => {
    expect(environmentName('ministack', pins, { major: 3, minor: 11 })).toMatch(
      /^ministack-1\.5\.33-py3\.11-[0-9a-f]{8}$/,
    );
  });

  test('changes with the pin of another package, because an environment is never changed in place', () => {
    const other = pins.replace('h11==0.16.0', 'h11==0.17.0');
    const names = [pins, other].map((each) => environmentName('ministack', each, { major: 3, minor: 11 }));
    expect(names[0]).not.toBe(names[1]);
  });
});

describe('lastLine', () => {
  test('is the last line of pip, without its advertisement', () => {
    const output =
      'WARNING: Retrying\nERROR: No matching distribution found for h11==0.16.0\n\n[notice] A new release of pip\n';
    expect(lastLine(output)).toBe('ERROR: No matching distribution found for h11==0.16.0');
  });

  test('says that pip wrote nothing if it wrote nothing', () => {
    expect(lastLine('\n')).toBe('it printed nothing');
  });
});
