/** A string, and the colon behind it where it is a key. */
const stringAndColon = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g;

/**
 * `JSON.parse`, which may misread keys that are escaped: V8 takes one for a key that it has seen at the same place of
 * another object, if that is what its source begins with (nodejs/node#63785; Node 24 and 26). After `{"a":0,"\\":0}` it
 * reads `{"a":0,"\n":0}` as the same, so what an event says would depend on those before it. Objects with such keys are
 * read with numbers for keys, and named afterwards.
 *
 * @param maxDepth What is deeper keeps its numbers: the caller refuses it.
 * @throws SyntaxError
 */
export function parseJson(text: string, maxDepth: number): unknown {
  const value: unknown = JSON.parse(text);
  if (!text.includes('\\')) return value;
  const names: string[] = [];
  let isEscaped = false;
  const numbered = text.replace(stringAndColon, (whole, string: string, colon: string | undefined) => {
    if (colon === undefined) return whole;
    isEscaped ||= string.includes('\\');
    // A string that is a value is read as it should be.
    names.push(JSON.parse(string));
    return `"${names.length - 1}":`;
  });
  return isEscaped ? named(JSON.parse(numbered), names, maxDepth) : value;
}

/** Keys come in the order of their numbers, so of one that stands twice the last counts. */
function named(node: unknown, names: readonly string[], depth: number): unknown {
  if (depth < 0 || typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => named(item, names, depth - 1));
  return Object.fromEntries(
    Object.entries(node).map(([number, member]) => [names[Number(number)], named(member, names, depth - 1)]),
  );
}
