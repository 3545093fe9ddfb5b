import { ConfigurationError } from '../errors.ts';

/** In characters. A consumer's name is part of the key of each of its records. */
export const maxConsumerName = 64;

/**
 * Checks a consumer's name: 1 to 64 letters, digits, `-` and `_`.
 *
 * @param option The option that gives the name, for the error.
 * @throws ConfigurationError that names the option, its value and what it must be.
 */
export function checkConsumerName(option: string, name: unknown): asserts name is string {
  if (typeof name === 'string' && /^[\w-]+$/.test(name) && name.length <= maxConsumerName) return;
  throw new ConfigurationError(
    `${option} is ${typeof name === 'string' ? JSON.stringify(name) : String(name)}; it must be 1 to ${maxConsumerName} ` +
      'letters, digits, "-" and "_"',
  );
}
