import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { ConfigurationError } from '../contract/errors.ts';
import { truncate } from '../contract/truncate.ts';

/**
 * Finds out before hours of work whether their result can be written.
 * @throws ConfigurationError where the file that `--json` names cannot be written.
 */
export async function checkWritable(file: string): Promise<void> {
  const isNew = !existsSync(file);
  try {
    await (await open(file, 'a')).close();
    // A run that fails leaves no empty result.
    if (isNew) await rm(file);
  } catch (cause) {
    const reason = truncate((cause as Error).message);
    throw new ConfigurationError(`--json is "${truncate(file)}": it cannot be written (${reason})`, {
      cause,
    });
  }
}
