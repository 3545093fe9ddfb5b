import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import * as v from 'valibot';
import { parseDocument } from 'yaml';
import { ConfigurationError } from '../../../contract/errors.ts';
import { nearestName } from './nearest-name.ts';
import { placeOf } from './places.ts';

const extension = '.json';

/**
 * Reads a settings file and checks it.
 *
 * @param file Path of a JSON file.
 * @throws ConfigurationError that names the file, each wrong setting, its value and what it must be.
 */
export function readSettingsFile<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
): v.InferOutput<Schema> {
  const shown = shownPath(file);
  const result = v.safeParse(schema, parse(shown, readText(file)));
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${shown}: ${problemOf(issue)}`);
  throw new ConfigurationError(problems.join('\n'));
}

/** A settings file as errors name it: its path from the working folder. */
export function shownPath(file: string): string {
  return relative(process.cwd(), file) || file;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const folder = join(file, '..');
    const stages = stagesIn(folder);
    const nearest = nearestName(basename(file, extension), stages);
    throw new ConfigurationError(
      `There is no settings file ${shownPath(file)}. ` +
        (nearest === undefined ? '' : `Did you mean the stage "${nearest}"? `) +
        `${stages.length === 0 ? '' : `The stages in ${shownPath(folder)} are ${list(stages)}. `}` +
        'For a new stage, copy the file of another one.',
      { cause: error },
    );
  }
}

/** The stages that have a settings file in a folder, in alphabetical order. */
function stagesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith(extension));
    return files.map((name) => basename(name, extension)).sort();
  } catch {
    return [];
  }
}

function parse(shown: string, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(`${shown} is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
  // `JSON.parse` takes the last of two equal names without a word, and a setting above it would not count.
  const [twice] = parseDocument(text, { prettyErrors: true }).errors;
  if (twice !== undefined) throw new ConfigurationError(`${shown} has a name twice: ${twice.message}`);
  return value;
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (issue.type === 'raw_check') return unknownName(path ?? '', (issue.received ?? '').split(','));
  if (path === null) return `the file must be ${issue.message}.`;
  const value = issue.path?.at(-1)?.value;
  if (value === undefined) return `"${path}" is missing; it must be ${issue.message}.`;
  return `"${path}" is ${JSON.stringify(value)}; it must be ${issue.message}.`;
}

function unknownName(path: string, known: readonly string[]): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const place = known.includes(name) ? undefined : placeOf(name);
  if (place !== undefined) return `"${path}" is not a setting here; write ${place}.`;
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `"${path}" is not a setting; did you mean "${nearest}"?`;
  return `"${path}" is not a setting; the settings here are ${list(known)}.`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
