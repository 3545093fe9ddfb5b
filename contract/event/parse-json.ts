/** A string, and the colon behind it if the string is a key. */
const stringAndColon = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g;

/**
 * `JSON.parse` with a workaround for nodejs/node#63785 (Node 24 and 26): V8 can confuse escaped keys of different objects. After
 * `{"a":0,"\\":0}` it reads `{"a":0,"\n":0}` as the same, so an event's content would depend on earlier events. If any key is
 * escaped, objects are parsed with numbers as keys, and renamed afterwards.
 *
 * @param maxDepth Deeper levels keep their numbers, because the caller refuses them.
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
    // `JSON.parse` reads a single string correctly.
    names.push(JSON.parse(string));
    return `"${names.length - 1}":`;
  });
  return isEscaped ? named(JSON.parse(numbered), names, maxDepth) : value;
}

/** Keys keep the order of their numbers, so the last of two equal keys counts. */
function named(node: unknown, names: readonly string[], depth: number): unknown {
  if (depth < 0 || typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => named(item, names, depth - 1));
  return Object.fromEntries(
    Object.entries(node).map(([number, member]) => [names[Number(number)], named(member, names, depth - 1)]),
  );
}
