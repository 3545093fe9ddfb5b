import type { Profiler } from 'node:inspector';

/**
 * Numbers of the lines of a script, from 1, in which some code was never run. This includes lines of which a part was
 * run, because the branch of an `if` is often on its line.
 *
 * @param source The loaded source. Its types are replaced by blanks, so that all code has its original position.
 * @param functions The counts of V8; absent for a script that was never loaded.
 */
export function unreachedLines(
  source: string,
  functions: readonly Profiler.FunctionCoverage[] | undefined,
): number[] {
  const reached = new Uint8Array(source.length).fill(functions === undefined ? 0 : 1);
  // V8 lists an outer range before the ranges inside of it.
  for (const { ranges } of functions ?? []) {
    for (const { startOffset, endOffset, count } of ranges) {
      reached.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    }
  }
  let offset = 0;
  return source.split('\n').flatMap((text, index) => {
    const start = offset;
    offset += text.length + 1;
    const isUnreached = wordsOf(text).some((place) => reached[start + place] === 0);
    return isUnreached ? [index + 1] : [];
  });
}

/** Positions of the words of code. Comments are not code, and brackets alone do not count. */
function wordsOf(text: string): number[] {
  if (/^\s*(\/\/|\/?\*)/.test(text)) return [];
  return [...text.matchAll(/\w+/g)].map(({ index }) => index);
}
