import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../contract/errors.ts';
import { findCdk } from '../deployment/find-cdk.ts';

export interface Project {
  /** Path of the folder of the CDK project. */
  readonly folder: string;
  /** Command that synthesizes the app. @default - the one of cdk.json */
  readonly app?: string | undefined;
}

/**
 * Checks a project in milliseconds, before an emulator is started for it.
 *
 * @throws ConfigurationError if there is no app; ToolError if there is no CDK.
 */
export function checkProject({ folder, app }: Project): void {
  if (app === '') {
    throw new ConfigurationError(
      'The command of the app (--app, app) is empty: it takes a command, for example "npx tsx bin/app.ts"',
    );
  }
  if (!existsSync(folder)) {
    throw new ConfigurationError(
      `The folder of the project (folder) is "${folder}", which does not exist: it takes the folder of your CDK app`,
    );
  }
  if (app === undefined && !existsSync(join(folder, 'cdk.json'))) {
    throw new ConfigurationError(
      `There is no cdk.json in ${folder}: run this in the folder of your CDK app, or name the command of the app ` +
        '(--app, app), for example "npx tsx bin/app.ts"',
    );
  }
  findCdk(folder);
}
