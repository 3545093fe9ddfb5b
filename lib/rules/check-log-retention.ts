import { Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ConfigurationError } from '../../contract/errors.ts';

/** The days for which CloudWatch Logs can keep a log (CloudWatch Logs API: `PutRetentionPolicy`, retentionInDays). */
const validDays = Object.values(RetentionDays)
  .filter((days) => typeof days === 'number' && days !== RetentionDays.INFINITE)
  .map(Number)
  .sort((a, b) => a - b);

export function isLogRetention(days: unknown): days is RetentionDays {
  return validDays.includes(days as number);
}

/** Completes "it must be ...". The nearest number is named; the longer one of two equally near. */
export function wantedLogRetention(days: unknown): string {
  const wanted = `a number of days that CloudWatch Logs takes: ${validDays.join(', ')}`;
  if (typeof days !== 'number' || Number.isNaN(days)) return wanted;
  const nearest = validDays.reduce((best, valid) =>
    Math.abs(valid - days) <= Math.abs(best - days) ? valid : best,
  );
  return `${wanted}. The nearest is ${nearest}`;
}

/**
 * Checks a log retention, which a cast or JavaScript can make any number. CloudFormation would refuse it in the middle of a
 * deployment.
 *
 * @throws ConfigurationError that names the option, its value and the nearest valid one.
 */
export function checkLogRetention(option: string, days: RetentionDays): void {
  if (Token.isUnresolved(days) || days === RetentionDays.INFINITE || isLogRetention(days)) return;
  throw new ConfigurationError(`${option} is ${days}; it must be ${wantedLogRetention(days)}`);
}
