import * as v from 'valibot';
import { JournalError } from '../errors.ts';
import type { JournalStorage } from './journal-file.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const journalState = v.object({
  version: v.literal(1),
  /** The run that wrote it. */
  run: v.string(),
  topicArn: v.string(),
  deduplication: v.picklist(['content', 'event', 'function']),
  /** The topic accepted every event of this many leading lines. */
  lines: count,
  /** SHA-256 (hex) over those lines, each with a line feed behind it. */
  digest: v.string(),
  /** Events of the lines after `lines`, up to this one, may have been sent; no event of a later one was. */
  reserved: count,
  /** Milliseconds since the epoch, before the first of those was sent: their `first-published`. */
  firstPublished: count,
});
export type JournalState = v.InferOutput<typeof journalState>;

/** What a journal belongs to, besides its input. */
export type JournalOwner = Pick<JournalState, 'topicArn' | 'deduplication'>;

/**
 * The state in a journal's text, `undefined` if there is no journal yet.
 *
 * @throws JournalError JOURNAL_UNREADABLE
 */
export function stateOf(storage: JournalStorage, text: string | undefined): JournalState | undefined {
  if (text === undefined) return undefined;
  try {
    return v.parse(journalState, JSON.parse(text));
  } catch (cause) {
    throw new JournalError(
      'JOURNAL_UNREADABLE',
      `${storage.name} is no journal (${(cause as Error).message}): name another file, or delete it to publish the ` +
        'whole input again',
      { cause },
    );
  }
}

export function mismatch({ name }: JournalStorage, problem: string): JournalError {
  return new JournalError(
    'JOURNAL_MISMATCH',
    `The journal ${name} belongs to another run: ${problem}. Publish what it was written for, name another journal, or delete this one to publish from the start`,
  );
}
