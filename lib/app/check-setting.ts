import { ConfigurationError } from '../../contract/errors.ts';

export interface Expectation {
  readonly valid: RegExp | ((value: string) => boolean);
  readonly wanted: string;
}

/**
 * Checks a setting of the CDK context and returns its value.
 * @throws ConfigurationError that names the setting, its value and the valid values.
 */
export function check<Value extends string | undefined>(
  name: string,
  value: Value,
  { valid, wanted }: Expectation,
): Value {
  if (value !== undefined && !(typeof valid === 'function' ? valid(value) : valid.test(value))) {
    throw new ConfigurationError(
      `Context "${name}" is "${value}"; it must be ${wanted}. Give it with -c ${name}=..., or in cdk.json.`,
    );
  }
  return value;
}
