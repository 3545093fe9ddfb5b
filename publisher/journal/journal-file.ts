import { open, readdir, readFile, readlink, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Random, systemRandom } from '../../contract/random.ts';
import { JournalError, journalTaken } from '../errors.ts';

/** Storage of a journal. Its whole text is read, and replaced, at once. */
export interface JournalStorage {
  /** The storage's name in errors. */
  readonly name: string;
  /** The text of the last write, or `undefined`. */
  read(): Promise<string | undefined>;
  /**
   * Replaces the text. After it resolves, the text survives the process. A process that dies earlier leaves the old or the
   * new text.
   *
   * @param check Gets the text that is about to be replaced. If it throws, nothing is written.
   * @throws The error of `check`.
   */
  write(text: string, check: (found: string | undefined) => void): Promise<void>;
}

/**
 * A journal in a file. The text is written to a temporary file beside it, which is then renamed over it, so the file is
 * always complete. Links are followed, so all paths of a file are one journal.
 *
 * Two runs never replace each other's text without noticing. A run makes its temporary file, reads the journal and then
 * renames. The first write of a run also removes the temporary files of all others:
 *
 *   run 1: temporary file, reads its own text . . . . . . . . . . . . . renames: its temporary file is gone
 *   run 2: . . . . . . . . . . . . . . . . . . renames, removes run 1's
 *
 * So run 1 reads again and finds run 2's text. If run 1 renames before its file is removed, run 2 finds run 1's text.
 * In both cases one of them stops, and a killed run leaves no lock behind.
 */
export function journalFile(path: string, random: Random = systemRandom): JournalStorage {
  let hasWritten = false;
  return {
    name: path,
    read: async () => await read(path),
    write: async (text, check) => {
      const file = await realFile(path);
      const temporary = `${file}.${random.uuid()}.tmp`;
      try {
        do {
          await orUnwritable(path, () => writeDurably(temporary, text));
          check(await read(path));
        } while (!(await orUnwritable(path, () => renamed(temporary, file))));
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {});
        throw error;
      }
      if (hasWritten) return;
      hasWritten = true;
      await orUnwritable(path, () => removeTemporaryFiles(file));
      if ((await read(path)) !== text) throw journalTaken(path);
    },
  };
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new JournalError(
      'JOURNAL_UNREADABLE',
      isDirectory(cause)
        ? `The journal ${path} is a directory: name a file in it`
        : `Cannot read the journal ${path}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** The path without links. Its last part need not exist yet. */
async function realFile(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined) return await realFile(resolve(dirname(path), target));
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @returns Whether the temporary file still existed. */
async function renamed(temporary: string, file: string): Promise<boolean> {
  try {
    await rename(temporary, file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Removes the temporary files of killed runs, and of runs that are about to overwrite this run's text. */
async function removeTemporaryFiles(file: string): Promise<void> {
  const start = `${basename(file)}.`;
  const middle = /^([\w-]{36}\.)?tmp$/;
  for (const name of await readdir(dirname(file))) {
    if (name.startsWith(start) && middle.test(name.slice(start.length))) {
      await rm(join(dirname(file), name), { force: true });
    }
  }
}

async function orUnwritable<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    throw new JournalError(
      'JOURNAL_UNWRITABLE',
      `Cannot write the journal ${path}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function isDirectory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EISDIR';
}
