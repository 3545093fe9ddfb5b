import { unreachedLines } from './coverage/unreached-lines.ts';

const source = `export function half(n        ) {
  // An odd one has none.
  if (n % 2 === 1) return undefined;
  return n / 2;
}
`;
const whole = { startOffset: 0, endOffset: source.length, count: 1 };
const half = { startOffset: source.indexOf('function'), endOffset: source.lastIndexOf('}') + 1 };
const odd = source.indexOf('return undefined');

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

function numbers(...ranges: readonly Range[]) {
  const functions = [whole, ...ranges].map((range) => ({
    functionName: '',
    ranges: [range],
    isBlockCoverage: true,
  }));
  return unreachedLines(source, functions);
}

describe('lines that were not reached', () => {
  it('are none if everything in a script was run', () => {
    expect(numbers({ ...half, count: 3 })).toEqual([]);
  });

  it('are those of an uncalled function, without comments and brackets', () => {
    expect(numbers({ ...half, count: 0 })).toEqual([1, 3, 4]);
  });

  it('are those with a part that was never run', () => {
    const branch = { startOffset: odd, endOffset: odd + 'return undefined;'.length, count: 0 };
    expect(numbers({ ...half, count: 3 }, branch)).toEqual([3]);
  });

  it('are all lines of a script that was never loaded', () => {
    expect(unreachedLines(source, undefined)).toEqual([1, 3, 4]);
  });
});
