/**
 * JSON in one form only: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them
 * (RFC 8785, JSON Canonicalization Scheme). Equal events have equal bytes, so equal hashes.
 *
 * @param value What `JSON.parse` returns, or the like; keys whose value is `undefined` are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
