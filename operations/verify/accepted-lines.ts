import { journalFile } from '../../publisher/journal/journal-file.ts';
import { stateOf } from '../../publisher/journal/journal-state.ts';

/**
 * Number of leading lines that the topic has accepted, by the publisher's journal.
 * @throws JournalError if the file is no journal.
 */
export async function acceptedLines(journal: string): Promise<number> {
  const storage = journalFile(journal);
  return stateOf(storage, await storage.read())?.lines ?? 0;
}
