import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ConfigurationError } from '../contract/errors.ts';
import { guaranteeNames } from '../contract/policies/guarantee-names.ts';
import { historyText, newHistory, readHistory } from '../contract/policies/history.ts';
import { type OnPoison, poisonPolicies } from '../contract/policies/poison-policy.ts';
import { maxRetentionSeconds, minRetentionSeconds } from '../contract/policies/record-ttl.ts';
import { defaultToleratedOutageSeconds } from '../contract/policies/retry-policy.ts';
import {
  type LogMessageGroups,
  logMessageGroups as logModes,
} from '../contract/reporting/log-message-group.ts';
import type { IdempotentConsumerProps } from './idempotent-consumer-props.ts';
import { checkLogRetention } from './rules/check-log-retention.ts';
import { checkKnownNumber } from './rules/check-number.ts';
import { defaultMaxReceiveCount, defaultVisibilityTimeoutSeconds } from './rules/retention-arithmetic.ts';

/** How long a consumer's messages live, and how often they can be delivered. Each number is known at synthesis. */
export interface ConsumerSettings {
  readonly timeout: Duration;
  readonly batchSize: number;
  readonly visibilityTimeout: Duration;
  readonly retention: Duration;
  readonly deadLetterRetention: Duration;
  readonly toleratedOutage: Duration;
  readonly maxReceiveCount: number;
  readonly onPoison: OnPoison;
  /** `new`, or a date in ISO 8601: see `historyText`. */
  readonly history: string;
  readonly removalPolicy: RemovalPolicy;
  readonly logRetention: RetentionDays;
  readonly logMessageGroups: LogMessageGroups;
}

/**
 * Reads the settings of `props` and adds defaults.
 *
 * Ranges are those of AWS: "Lambda quotas" (timeout), "Configuring scaling behavior for SQS event source mappings" (batches
 * of FIFO queues), "Amazon SQS message quotas" (retention, visibility timeout). Rules about several settings at once are
 * checked at synthesis: see `addWindowRules`.
 *
 * @throws ConfigurationError that names the option, its value and its range.
 */
export function readConsumerSettings(props: IdempotentConsumerProps): ConsumerSettings {
  const {
    timeout = Duration.seconds(30),
    batchSize = 10,
    retention = Duration.days(4),
    deadLetterRetention = Duration.days(14),
    toleratedOutage = Duration.seconds(defaultToleratedOutageSeconds),
    onPoison = 'quarantine',
    removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    logRetention = RetentionDays.TWO_MONTHS,
    logMessageGroups = 'hashed',
  } = props;
  checkSeconds('timeout', timeout, 1, 900);
  checkKnownNumber('batchSize', batchSize, { least: 1, most: 10 });
  checkSeconds('retention', retention, minRetentionSeconds, maxRetentionSeconds);
  checkSeconds('deadLetterRetention', deadLetterRetention, minRetentionSeconds, maxRetentionSeconds);
  checkSeconds('toleratedOutage', toleratedOutage, 0, maxRetentionSeconds);
  checkLogRetention('logRetention', logRetention);
  if (!poisonPolicies.includes(onPoison)) {
    throw new ConfigurationError(
      `onPoison is "${onPoison}"; it must be ${poisonPolicies.map((name) => `"${name}"`).join(' or ')}`,
    );
  }
  if (!logModes.includes(logMessageGroups)) {
    throw new ConfigurationError(
      `logMessageGroups is "${logMessageGroups}"; it must be ${logModes.map((name) => `"${name}"`).join(' or ')}`,
    );
  }
  const { guarantee } = props;
  if (guarantee !== undefined && !guaranteeNames.includes(guarantee)) {
    throw new ConfigurationError(
      `guarantee is "${guarantee}"; it must be ${guaranteeNames.map((name) => `"${name}"`).join(' or ')}, as the handler has it`,
    );
  }
  const numbers = {
    batchSize,
    functionTimeoutSeconds: timeout.toSeconds(),
    toleratedOutageSeconds: toleratedOutage.toSeconds(),
  };
  const visibilityTimeout =
    props.visibilityTimeout ?? Duration.seconds(defaultVisibilityTimeoutSeconds(numbers));
  checkSeconds('visibilityTimeout', visibilityTimeout, 0, 12 * 3600);
  const received = {
    ...numbers,
    visibilityTimeoutSeconds: visibilityTimeout.toSeconds(),
    queueRetentionSeconds: retention.toSeconds(),
  };
  const { maxReceiveCount = defaultMaxReceiveCount(received) } = props;
  return {
    timeout,
    batchSize,
    visibilityTimeout,
    retention,
    deadLetterRetention,
    toleratedOutage,
    maxReceiveCount,
    onPoison,
    history: historyOf(props.history),
    removalPolicy,
    logRetention,
    logMessageGroups,
  };
}

/** A `from` that is further ahead would send every live event to the dead-letter queue until then. */
const longestAheadMs = 24 * 3_600_000;

/** @throws ConfigurationError for a date that is invalid, before 2004, or more than a day ahead. */
function historyOf(history: IdempotentConsumerProps['history'] = newHistory): string {
  if (history === newHistory) return newHistory;
  const { from } = (history ?? {}) as { readonly from?: unknown };
  const time = from instanceof Date ? from.getTime() : Number.NaN;
  if (!(time <= Date.now() + longestAheadMs)) {
    throw new ConfigurationError(
      `history.from is ${String(from)}; it must be a Date that is at most a day ahead, or "history" must be "${newHistory}"`,
    );
  }
  const text = historyText(new Date(time));
  readHistory('history.from', text);
  return text;
}

function checkSeconds(option: string, duration: Duration, least: number, most: number): void {
  checkKnownNumber(option, duration.toSeconds(), { unit: 'seconds', least, most });
}
