import { ConfigurationError } from '../contract/errors.ts';
import { truncate } from '../contract/truncate.ts';
import { type Options, readArguments, usageOf } from '../system/arguments.ts';
import { type Model, type Mutant, models, mutants } from './models.ts';

const table: Options = { help: { value: '', help: 'print this' } };

export const usage = usageOf('npm run spec -- [TEXT], for models and mutants whose names hold it', table);

export interface Chosen {
  readonly models: readonly Model[];
  readonly mutants: readonly Mutant[];
}

/**
 * The arguments of `npm run spec`.
 * @returns `help` if the user asks for it.
 * @throws ConfigurationError that names a text without a match, or a surplus argument.
 */
export function readChosen(args: readonly string[]): Chosen | 'help' {
  const { values, words } = readArguments(args, table, usage, { takesWords: true });
  if (values.help === true) return 'help';
  const [text = '', surplus] = words;
  if (surplus !== undefined) {
    throw new ConfigurationError(`"${truncate(surplus)}" is one argument too many: put the text into quotes`);
  }
  const chosen = {
    models: models.filter(({ name }) => name.includes(text)),
    mutants: mutants.filter(({ mutation, model }) => `${model} ${mutation}`.includes(text)),
  };
  if (chosen.models.length + chosen.mutants.length > 0) return chosen;
  throw new ConfigurationError(
    `"${truncate(text)}" is in the name of no model and no mutant: take a part of one in docs/proof.md, or none for each`,
  );
}
