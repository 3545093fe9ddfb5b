/** Characters that SQS replaces by U+FFFD, and that JSON does not escape (AWS: "SendMessage", Amazon SQS API Reference). */
const replacedBySqs = /[\ufffe\uffff]/g;

/**
 * Canonical JSON: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them (RFC 8785, JSON
 * Canonicalization Scheme). Equal events have equal bytes and therefore equal hashes.
 *
 * One deviation from RFC 8785: U+FFFE and U+FFFF are escaped, because SQS replaces them.
 *
 * @param value Any value that `JSON.stringify` accepts. Keys with the value `undefined` are left out.
 * @throws TypeError for a bigint, RangeError for a value that contains itself.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return scalar(value);
  // Dates, and decimals of libraries, have `toJSON`. Without it they would become `{}` or expose internal members.
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalJson(value.toJSON());
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${scalar(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function scalar(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.replace(replacedBySqs, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
