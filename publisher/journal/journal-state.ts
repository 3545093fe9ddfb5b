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
  /** Number of leading lines whose events the topic has all accepted. */
  lines: count,
  /** SHA-256 (hex) of those lines, each followed by a line feed. */
  digest: v.string(),
  /** Events of the lines from `lines` to this one may have been sent. No event of a later line was. */
  reserved: count,
  /** Milliseconds since the epoch, before the first of those events was sent: their `first-published`. */
  firstPublished: count,
});
export type JournalState = v.InferOutput<typeof journalState>;

/** The settings that a journal belongs to, besides its input. */
export type JournalOwner = Pick<JournalState, 'topicArn' | 'deduplication'>;

/**
 * Reads the state from a journal's text; `undefined` if there is no journal yet.
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
      `${storage.name} is not a journal (${(cause as Error).message}): name another file, or delete it to publish the ` +
        'whole input again',
      { cause },
    );
  }
}

export function mismatch({ name }: JournalStorage, problem: string): JournalError {
  return new JournalError(
    'JOURNAL_MISMATCH',
    `The journal ${name} belongs to another run: ${problem}. Use the same input and options, name another journal, or delete this one to publish from the start`,
  );
}
