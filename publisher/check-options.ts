import { ConfigurationError } from '../contract/errors.ts';
import { isMaxEventSize, wantedMaxEventSize } from '../contract/event/event-size.ts';
import { nameOf } from './input/input.ts';

/** For each option: a check of its value, and a description of the valid values. */
const expectations: Readonly<Record<string, readonly [suits: (value: unknown) => boolean, wanted: string]>> =
  {
    client: [hasMethod('send'), 'an SNSClient'],
    maxEventSize: [isMaxEventSize, wantedMaxEventSize],
    deduplication: [
      (value) => value === 'content' || value === 'event' || typeof value === 'function',
      '"content", "event" or a function that returns the key of an event',
    ],
    journal: [
      (value) => (typeof value === 'string' && value !== '') || hasMethod('write')(value),
      'the path of a file',
    ],
    parse: [isFunction, 'a function from a line to its event'],
    onPublished: [isFunction, 'a function'],
    onAccepted: [isFunction, 'a function'],
    signal: [(value) => value instanceof AbortSignal, 'an AbortSignal: the "signal" of an AbortController'],
    clock: [hasMethod('now'), 'a clock with "now" and "sleep"'],
    random: [hasMethod('next'), 'a source of random numbers with "next" and "uuid"'],
  };

/**
 * Checks the options before anything is sent, because the caller may not use TypeScript.
 *
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(`The options are ${nameOf(options)}; they must be an object`);
  }
  for (const [name, value] of Object.entries(options)) {
    const [suits, wanted] = expectations[name] ?? [];
    if (value === undefined || suits === undefined || suits(value)) continue;
    throw new ConfigurationError(`${name} is ${nameOf(value)}; it must be ${wanted}`);
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function hasMethod(name: string): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Record<string, unknown>)[name] === 'function';
}
