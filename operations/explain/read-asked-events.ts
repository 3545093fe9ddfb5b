import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { readEvent } from '../../contract/event/event-parser.ts';
import { sha256 } from '../../contract/event/identity.ts';
import { readLines } from '../../publisher/input/lines.ts';
import { journalFile } from '../../publisher/journal/journal-file.ts';
import { type JournalState, stateOf } from '../../publisher/journal/journal-state.ts';
import { messageGroup } from '../../publisher/message-group.ts';
import type { AskedEvent, Publication } from './facts.ts';

/** A file of events, one per line, and the journal of the run that published it. */
export interface EventsFile {
  readonly events: string;
  /** @default - none: whether an event was published is then unknown */
  readonly journal?: string | undefined;
}

/**
 * Finds the events of a file by their subject or id. It reads the file line by line, and keeps only what it finds.
 *
 * @param most The most events that are returned: an order has few.
 * @throws InputError, JournalError if a file cannot be read. Lines without a valid event are passed over.
 */
export async function readAskedEvents(
  { events, journal }: EventsFile,
  text: string,
  most = 100,
): Promise<AskedEvent[]> {
  const state = journal === undefined ? undefined : await journalOf(journal);
  // Only a line with this text can have the event, and parsing is slow. An escape may stand for any character of it.
  const mayHave = (line: string) => line.includes(text) || line.includes('\\');
  const found: AskedEvent[] = [];
  const firstLines = new Map<string, number>();
  let line = 0;
  for await (const json of readLines(events)) {
    line += 1;
    if (!mayHave(json)) continue;
    const event = parsed(json);
    if (event === undefined || (event.subject !== text && event.id !== text)) continue;
    const { source, id, subject, partitionkey } = event;
    const identity = sha256(JSON.stringify([source, id]));
    const first = firstLines.get(identity);
    if (first === undefined) firstLines.set(identity, line);
    found.push({
      source,
      id,
      subject,
      messageGroup: messageGroup(partitionkey),
      body: canonicalJson(event),
      line,
      publication: publicationOf(line, journal !== undefined, state),
      ...(state?.deduplication === 'event' && first !== undefined && { sameAsLine: first }),
    });
    if (found.length === most) break;
  }
  return found;
}

async function journalOf(path: string): Promise<JournalState | undefined> {
  const storage = journalFile(path);
  return stateOf(storage, await storage.read());
}

function parsed(json: string) {
  try {
    return readEvent(json);
  } catch {
    return undefined;
  }
}

/** A journal that does not exist yet belongs to a run that has sent nothing. */
function publicationOf(line: number, hasJournal: boolean, state: JournalState | undefined): Publication {
  if (!hasJournal) return { kind: 'unknown' };
  if (state === undefined || line > state.reserved) return { kind: 'not-sent' };
  if (line <= state.lines) return { kind: 'accepted' };
  return { kind: 'may-be-sent', firstPublished: state.firstPublished };
}
