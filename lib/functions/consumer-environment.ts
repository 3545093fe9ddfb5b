import { Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type EnvironmentName, encodeTables, environmentNames } from '../../contract/environment.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import type { ConsumerSettings } from '../consumer-settings.ts';
import { deployedTables } from '../effect-tables.ts';
import type { IdempotentConsumerProps } from '../idempotent-consumer-props.ts';
import { outermostStack } from '../names.ts';

/** `RecordTable` sets these. */
type OfRecordTable = 'recordsTable' | 'recordTtlSeconds';

/** The construct sets them, or its record table does. */
const ownVariables: ReadonlySet<string> = new Set(Object.values(environmentNames));

/**
 * The environment variables of a consumer's function: the user's variables and the runtime's settings. `RecordTable`
 * adds its own.
 *
 * @throws ConfigurationError if the user sets a variable that belongs to the construct.
 */
export function consumerEnvironment(
  { consumerName, guarantee, tables = {}, environment = {} }: IdempotentConsumerProps,
  settings: ConsumerSettings,
  consumer: Construct & { readonly queue: Queue; readonly deadLetterQueue: Queue },
): Record<string, string> {
  for (const name of Object.keys(environment)) {
    if (!ownVariables.has(name)) continue;
    throw new ConfigurationError(
      `environment: "${name}" is set by IdempotentConsumer itself. Take another name.`,
    );
  }
  const own: Record<Exclude<EnvironmentName, OfRecordTable | 'guarantee' | 'logGroupKey'>, string> = {
    consumerName,
    service: outermostStack(consumer).stackName,
    tables: encodeTables(deployedTables(tables)),
    queueUrl: consumer.queue.queueUrl,
    visibilityTimeoutSeconds: String(settings.visibilityTimeout.toSeconds()),
    queueRetentionSeconds: String(settings.retention.toSeconds()),
    maxReceiveCount: String(settings.maxReceiveCount),
    deadLetterQueueUrl: consumer.deadLetterQueue.queueUrl,
    onPoison: settings.onPoison,
    history: settings.history,
  };
  return {
    ...environment,
    ...(guarantee === undefined ? {} : { [environmentNames.guarantee]: guarantee }),
    // The stack's id has a part that nobody can guess, and never changes (ADR 23).
    ...(settings.logMessageGroups === 'hashed' && {
      [environmentNames.logGroupKey]: Stack.of(consumer).stackId,
    }),
    ...Object.fromEntries(
      Object.entries(own).map(([name, value]) => [environmentNames[name as EnvironmentName], value]),
    ),
  };
}
