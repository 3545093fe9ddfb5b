import { writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Environment } from 'aws-cdk-lib';
import { RootConstruct } from 'constructs';
import { readSettings, type Settings } from '../../../lib/app/settings/read-settings.ts';
import { temporaryFolder } from '../support.ts';

/** The settings that every file must have. */
export const required = { billing: 'off', notifications: 'off', intake: { auth: 'iam' } } as const;

export interface Given {
  /** Content of the stage's file: text as it is, an object beside `required`. @default - `required` alone */
  readonly file?: string | object;
  /** @default - a new folder */
  readonly folder?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly cli?: Environment;
}

/** Writes the file of a stage, and reads its settings. */
export function settingsOf({ file = {}, context = {}, cli = {}, folder }: Given): Settings {
  const home = folder ?? temporaryFolder();
  const text = typeof file === 'string' ? file : JSON.stringify({ ...required, ...file });
  // Outside of the folder for a stage that is no file name.
  writeFileSync(join(home, basename(`${context.stage ?? 'production'}.json`)), text);
  const app = new RootConstruct();
  for (const [name, value] of Object.entries(context)) app.node.setContext(name, value);
  return readSettings(app, { folder: home, cli });
}

/** The error of `settingsOf`, in which the temporary folder is called `config`. */
export function refusalOf(given: Given): string {
  const folder = given.folder ?? temporaryFolder();
  try {
    settingsOf({ ...given, folder });
  } catch (error) {
    return (error as Error).message.replaceAll(relative(process.cwd(), folder), 'config');
  }
  return 'nothing was refused';
}
