import { ConfigurationError } from './errors.ts';

/** @throws ConfigurationError unless the option's value is a non-empty string. */
export function checkText(name: string, value: unknown): void {
  if (typeof value === 'string' && value.trim() !== '') return;
  const given = typeof value === 'string' ? JSON.stringify(value) : String(value);
  throw new ConfigurationError(`${name} is ${given}; it must be a text that is not empty`);
}
