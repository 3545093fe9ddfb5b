import type { Node } from 'constructs';
import { ConfigurationError } from '../../../contract/errors.ts';
import { nearestName } from './nearest-name.ts';
import { formerContext, placeOf } from './places.ts';

/** What `-c name=value` may still say: which settings count. Settings themselves are in files. */
export interface ChosenStage {
  /** @default production */
  readonly stage: string;
  /** Path of another settings file than that of the stage. */
  readonly settings?: string;
}

const known = ['stage', 'settings'] as const;

/** The stage whose settings count if the command names none. */
export const production = 'production';

/**
 * Lower case only: some file systems do not tell `Dev` from `dev`, and CloudFormation does. Short enough for the names
 * of everything in the stack.
 */
const validStage = /^[a-z][a-z0-9-]{0,29}$/;

/**
 * Reads the context of the command.
 *
 * @throws ConfigurationError for a setting that is now in a file, a name that looks like a misspelt one, a stage that
 *   cannot be part of a name, and other settings for production.
 */
export function readContext(node: Node): ChosenStage {
  const context: Readonly<Record<string, unknown>> = node.getAllContext();
  const stage = String(context.stage ?? production);
  if (!validStage.test(stage)) {
    throw new ConfigurationError(
      `Context "stage" is "${stage}"; it must be 1 to 30 lower-case letters, digits and hyphens, a letter first: the name of ` +
        'a file in config/, "dev" for config/dev.json.',
    );
  }
  for (const name of Object.keys(context)) refuse(name, `config/${stage}.json`);
  const { settings } = context;
  if (settings === undefined) return { stage };
  if (stage === production) {
    throw new ConfigurationError(
      `Context "settings" is "${settings}", and the stage is "${production}", whose settings are in config/${production}.json ` +
        'alone. Name another stage: -c stage=trial for instance.',
    );
  }
  return { stage, settings: String(settings) };
}

/** @param file The file that holds the settings now. */
function refuse(name: string, file: string): void {
  if (known.some((one) => one === name)) return;
  if (name === 'stackName') {
    throw new ConfigurationError(
      'Context "stackName" is no longer read: the stack is called OrderOnce, and with -c stage=NAME it is OrderOnce-NAME. ' +
        'Its settings are in config/NAME.json.',
    );
  }
  if (formerContext.includes(name)) {
    throw new ConfigurationError(
      `Context "${name}" is no longer read. Write ${placeOf(name)} in ${file}, and leave out -c ${name}=... and its line in ` +
        'cdk.json.',
    );
  }
  // Other context belongs to the CDK. A misspelt stage would deploy to production.
  const nearest = nearestName(name, known);
  if (nearest !== undefined && !/[:@/]/.test(name)) {
    throw new ConfigurationError(`Context "${name}" is not read. Did you mean -c ${nearest}=...?`);
  }
}
