import { Token } from 'aws-cdk-lib';
import { ConfigurationError } from '../../contract/errors.ts';

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** The unit, for example `"seconds"`. @default - a plain number */
  readonly unit?: string;
}

/**
 * Checks the range that AWS accepts for an option. Otherwise CloudFormation would refuse the value in the middle of a
 * deployment. A token passes, because its value is known only at deployment.
 *
 * @throws ConfigurationError that names the option, its value and the range.
 */
export function checkNumber(
  option: string,
  value: number | undefined,
  { least, most, unit }: NumberRange,
): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new ConfigurationError(
    `${option} is ${value}; it must be a whole number${unit === undefined ? '' : ` of ${unit}`} from ${least} to ${most}`,
  );
}

/**
 * Checks an option from which other settings are computed. A token does not pass.
 *
 * @throws ConfigurationError that names the option, its value and the range.
 */
export function checkKnownNumber(option: string, value: number, range: NumberRange): void {
  if (Token.isUnresolved(value)) {
    throw new ConfigurationError(
      `${option} is known at deployment only; synthesis needs it, to compute for how long and how often a message can ` +
        'come. Give a number in its place, one per stage for instance.',
    );
  }
  checkNumber(option, value, range);
}
