import { ConfigurationError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';
import { type Options, readArguments, usageOf } from '../../system/arguments.ts';
import { type MutantName, mutantNames } from '../mutants/table.ts';

const table: Options = { help: { value: '', help: 'print this' } };

export const usage = usageOf('npm run simulate:mutants -- [NAME ...], each of them without a name', table);

/**
 * The arguments of `npm run simulate:mutants`.
 * @returns `help` if the user asks for it.
 * @throws ConfigurationError that names an unknown mutant.
 */
export function readChosen(args: readonly string[]): { readonly names: readonly MutantName[] } | 'help' {
  const { values, words } = readArguments(args, table, usage, { takesWords: true });
  if (values.help === true) return 'help';
  const unknown = words.find((word) => !mutantNames.some((name) => name === word));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `"${truncate(unknown)}" is no mutant: take a name of docs/proof.md, in quotes, or none for each of them`,
    );
  }
  return { names: words.length === 0 ? mutantNames : mutantNames.filter((name) => words.includes(name)) };
}
