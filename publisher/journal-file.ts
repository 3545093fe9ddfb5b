import { open, readFile, rename } from 'node:fs/promises';
import { JournalError } from './errors.ts';

/** Where a journal is kept: all of it is read, and all of it replaced, at once. */
export interface JournalStorage {
  /** Names it in errors. */
  readonly name: string;
  /** What was written last, or `undefined`. */
  read(): Promise<string | undefined>;
  /** Once it resolves, the text outlives the process; a process that dies before leaves the old text or the new. */
  write(text: string): Promise<void>;
}

/**
 * A journal in a file. The text is written beside it and renamed over it, so that the file is whole at any time; what
 * a killed process leaves beside it is overwritten by the next.
 */
export function journalFile(file: string): JournalStorage {
  const temporary = `${file}.tmp`;
  return {
    name: file,
    read: async () => {
      try {
        return await readFile(file, 'utf8');
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw new JournalError(
          'JOURNAL_UNREADABLE',
          `Cannot read the journal ${file}: ${(cause as Error).message}`,
          {
            cause,
          },
        );
      }
    },
    write: async (text) => {
      try {
        const handle = await open(temporary, 'w');
        try {
          await handle.writeFile(text);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, file);
      } catch (cause) {
        throw new JournalError(
          'JOURNAL_UNWRITABLE',
          `Cannot write the journal ${file}: ${(cause as Error).message}`,
          {
            cause,
          },
        );
      }
    },
  };
}
