/** An issue of valibot or arktype, whose own messages quote the value; of zod and others it has none of these members. */
interface Issue {
  readonly message?: string;
  /** Of valibot: the value or its type, as the message quotes it. */
  readonly received?: unknown;
  /** Of arktype: the same. */
  readonly actual?: unknown;
}

/**
 * Returns the message of a schema's issue without the value that the schema refused. The value may be personal data, and
 * messages become log lines and reasons of dead letters. The words of the schema's author are not changed.
 */
export function withoutValue(issue: Issue): string {
  // arktype's members are getters, which a copy of the issue would not have.
  const { received, actual } = issue;
  const message = String(issue.message ?? 'The schema refuses it');
  const quotes = [` but received ${received}`, `: Received ${received}`, ` (was ${actual})`];
  const quote = quotes.find((ending) => message.endsWith(ending));
  return quote === undefined ? message : message.slice(0, -quote.length);
}
