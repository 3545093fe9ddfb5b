import { ConfigurationError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';

/**
 * The words of a command, exactly as many as it takes.
 * @param names What they stand for, in capitals.
 * @throws ConfigurationError that names what is missing or too much.
 */
export function takeWords<Names extends readonly string[]>(
  call: string,
  words: readonly string[],
  ...names: Names
): { readonly [Index in keyof Names]: string } {
  const missing = names.find((_, index) => (words[index] ?? '').trim() === '');
  if (missing !== undefined) {
    throw new ConfigurationError(`${call} needs ${missing}: npx order-once ${call} ${names.join(' ')}`);
  }
  const extra = words[names.length];
  if (extra !== undefined) {
    throw new ConfigurationError(
      `${call} takes no "${truncate(extra, 60)}": npx order-once ${call} ${names.join(' ')}`,
    );
  }
  return words as unknown as { readonly [Index in keyof Names]: string };
}
