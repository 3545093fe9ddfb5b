import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../system/folders.ts';

/** The settings of a stage that a run sets, as its file has them. The app checks the file. */
export interface StageSettings {
  readonly functionTimeoutSeconds: number;
  readonly billing: {
    readonly paymentUrl: string;
    readonly paymentKeyRetentionSeconds: number;
    readonly allowPlainHttp: boolean;
  };
  readonly notifications: { readonly mailFrom: string; readonly mailDomain: string };
}

/**
 * Writes the settings of a run: those of `config/local.json` with some changes.
 *
 * @param folder The folder of the new file.
 * @returns Path of the file.
 */
export async function writeSettings(folder: string, changes: Partial<StageSettings>): Promise<string> {
  const settings = JSON.parse(await readFile(join(repository, 'config/local.json'), 'utf8'));
  const file = join(folder, 'settings.json');
  await writeFile(file, `${JSON.stringify({ ...settings, ...changes }, null, 2)}\n`);
  return file;
}
