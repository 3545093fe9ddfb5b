import type { Profiler } from 'node:inspector';

/**
 * The lines of a script, by their numbers from 1, in which something was never run. One that was run in part counts too: what stands behind an `if`
 * is on its line as often as below it.
 *
 * @param source As it was loaded: types are blank, so that they are no code, and everything else stands where it stood.
 * @param functions As V8 counted them; absent for a script that was never loaded.
 */
export function unreachedLines(
  source: string,
  functions: readonly Profiler.FunctionCoverage[] | undefined,
): number[] {
  const reached = new Uint8Array(source.length).fill(functions === undefined ? 0 : 1);
  // Outer ranges come before those inside of them, in a function as among functions.
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

/** Where words begin that are code: brackets belong to what stands between them, and comments to nobody. */
function wordsOf(text: string): number[] {
  if (/^\s*(\/\/|\/?\*)/.test(text)) return [];
  return [...text.matchAll(/\w+/g)].map(({ index }) => index);
}
