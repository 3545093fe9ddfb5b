import { ConfigurationError } from '../errors.ts';

/** The value for a consumer without a past. */
export const newHistory = 'new';

/** Events older than SQS are a mistake, for example seconds in place of milliseconds. */
const earliest = Date.UTC(2004, 0, 1);

/**
 * The setting of a consumer's history as text, for its environment and its description: `new`, or a date such as
 * `2027-01-31T00:00:00.000Z`.
 *
 * @param from When the consumer took over. @default - the consumer has no past
 */
export function historyText(from: Date | undefined): string {
  return from === undefined ? newHistory : from.toISOString();
}

/**
 * Reads what `historyText` wrote.
 *
 * @param name What holds the value, for the error.
 * @returns Milliseconds since the epoch; `undefined` for `new`.
 * @throws ConfigurationError that names the value.
 */
export function readHistory(name: string, text: string): number | undefined {
  if (text === newHistory) return undefined;
  const from = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (from >= earliest) return from;
  throw new ConfigurationError(
    `${name} is "${text}"; it must be "${newHistory}", or a date from 2004 on such as "2027-01-31T00:00:00.000Z"`,
  );
}
