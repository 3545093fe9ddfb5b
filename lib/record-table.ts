import { Duration, type RemovalPolicy, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { environmentNames } from '../contract/environment.ts';
import { intakeKeyPrefix } from '../contract/event/identity.ts';
import { checkRecordTtl } from '../contract/policies/record-ttl.ts';
import { recordAttributes } from '../contract/record-attributes.ts';
import { DataTable } from './data-table.ts';

export interface RecordTableProps {
  /**
   * How long a record counts: the idempotency window. A later delivery cannot be told from a new event, so synthesis fails
   * for a consumer whose messages can live longer. At least 23 days of SNS delivery retries, the retentions of queue and
   * dead-letter queue, and an hour for clocks; at most ten years.
   * @default Duration.days(45)
   */
  readonly ttl?: Duration;

  /**
   * What happens to the records when their stack is deleted. Without records, each event that is still in a queue or is
   * published again takes effect once more.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The table of records, which say what events were applied: an item per consumer and event. Consumers may share one.
 *
 * @example
 * ```ts
 * const records = new RecordTable(this, 'Records', { ttl: Duration.days(60) });
 * ```
 */
export class RecordTable extends DataTable {
  /** How long a record counts. See `RecordTableProps`. */
  readonly ttl: Duration;

  /** @throws ConfigurationError for a `ttl` that no message's life fits in. */
  constructor(scope: Construct, id: string, { ttl = Duration.days(45), ...props }: RecordTableProps = {}) {
    if (!Token.isUnresolved(ttl.toSeconds())) checkRecordTtl('ttl', ttl.toSeconds());
    super(scope, id, {
      ...props,
      partitionKey: recordAttributes.id,
      timeToLiveAttribute: recordAttributes.expiration,
    });
    this.ttl = ttl;
  }

  /**
   * Lets a function commit records, and sets its environment variables for them. The function can neither read nor delete a
   * record. `IdempotentConsumer` calls it.
   */
  grantCommit(commits: LambdaFunction): void {
    this.#setEnvironment(commits);
    // TransactWriteItems is no IAM action: AWS checks the action of each write in it.
    this.grant(commits, 'dynamodb:PutItem', 'dynamodb:UpdateItem');
  }

  /** Lets the intake's function keep its answers: under its own keys, and no others. */
  grantIntake(intake: LambdaFunction): void {
    this.#setEnvironment(intake);
    intake.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [this.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${intakeKeyPrefix}#*`] },
        },
      }),
    );
  }

  #setEnvironment(handler: LambdaFunction): void {
    handler.addEnvironment(environmentNames.recordsTable, this.tableName);
    handler.addEnvironment(environmentNames.recordTtlSeconds, String(this.ttl.toSeconds()));
  }
}
