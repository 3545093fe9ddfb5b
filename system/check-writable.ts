import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { ConfigurationError } from '../contract/errors.ts';
import { truncate } from '../contract/truncate.ts';

/**
 * Checks, before hours of work, that their result can be written.
 * @param option The option that names the file, without dashes.
 * @throws ConfigurationError if the file cannot be written.
 */
export async function checkWritable(file: string, option = 'json'): Promise<void> {
  const isNew = !existsSync(file);
  try {
    await (await open(file, 'a')).close();
    // So that a failing run leaves no empty file.
    if (isNew) await rm(file);
  } catch (cause) {
    const reason = truncate((cause as Error).message);
    throw new ConfigurationError(`--${option} is "${truncate(file)}": it cannot be written (${reason})`, {
      cause,
    });
  }
}
