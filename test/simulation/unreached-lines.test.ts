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

function rangesOf(...ranges: readonly { startOffset: number; endOffset: number; count: number }[]) {
  return [whole, ...ranges].map((range) => ({ functionName: '', ranges: [range], isBlockCoverage: true }));
}

function numbers(...ranges: Parameters<typeof rangesOf>) {
  return unreachedLines(source, rangesOf(...ranges)).map(({ number }) => number);
}

describe('lines that were not reached', () => {
  it('are none of a script of which everything was run', () => {
    expect(numbers({ ...half, count: 3 })).toEqual([]);
  });

  it('are those of a function that was never called, without its comments and brackets', () => {
    expect(numbers({ ...half, count: 0 })).toEqual([1, 3, 4]);
  });

  it('are those of which a part was never run', () => {
    const branch = { startOffset: odd, endOffset: odd + 'return undefined;'.length, count: 0 };
    expect(numbers({ ...half, count: 3 }, branch)).toEqual([3]);
  });

  it('are all of a script that was never loaded', () => {
    expect(unreachedLines(source, undefined).map(({ number }) => number)).toEqual([1, 3, 4]);
  });
});
