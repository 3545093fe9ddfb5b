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
   * How long a record counts: the idempotency window. A delivery that comes later than that cannot be told from a
   * new event, so synthesis refuses a consumer whose messages can live longer.
   * @default Duration.days(45)
   */
  readonly ttl?: Duration;

  /**
   * What becomes of the records when their stack is deleted. Without them every event that is still in a queue, or
   * that is published again, is applied once more.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The table that remembers which events were applied: an item per consumer and event. */
export class RecordTable extends DataTable {
  /** How long a record counts. */
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

  /** Lets a function commit records and tells it where and for how long. It can neither read nor delete one. */
  grantCommit(commits: LambdaFunction): void {
    this.#tellWhere(commits);
    // TransactWriteItems is no IAM action: AWS checks the action of each write in it.
    this.grant(commits, 'dynamodb:PutItem', 'dynamodb:UpdateItem');
  }

  /** Lets the intake's function keep what it answered: its own records, and nobody else's. */
  grantIntake(intake: LambdaFunction): void {
    this.#tellWhere(intake);
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

  #tellWhere(handler: LambdaFunction): void {
    handler.addEnvironment(environmentNames.recordsTable, this.tableName);
    handler.addEnvironment(environmentNames.recordTtlSeconds, String(this.ttl.toSeconds()));
  }
}
