import { Duration, type RemovalPolicy, Token } from 'aws-cdk-lib';
import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { environmentNames } from '../contract/environment.ts';
import { intakeKeyPrefix } from '../contract/event/identity.ts';
import { checkRecordTtl } from '../contract/policies/record-ttl.ts';
import { attentionIndex, letterKey, subjectIndex } from '../contract/record/attention.ts';
import { recordAttributes } from '../contract/record/record-attributes.ts';
import { DataTable } from './data-table.ts';
import type { EncryptionKeyProps } from './encryption/encryption-key.ts';

export interface RecordTableProps extends EncryptionKeyProps {
  /** The table's name, as in `DataTableProps`. @default - a name of CloudFormation's */
  readonly tableName?: string;

  /**
   * How long a record is valid: the idempotency window. After it, a repeated delivery looks like a new event, so
   * synthesis fails for a consumer whose messages can live longer. The minimum is the sum of 23 days, for which SNS
   * retries after server-side errors, the retentions of queue and dead-letter queue, and an hour of clock skew. The
   * maximum is ten years.
   * @default Duration.days(45)
   */
  readonly ttl?: Duration;

  /**
   * What happens to the table when its stack is deleted. Without its records, every event that is still in a queue, or
   * is published again, takes effect a second time. Unless it is DESTROY, the table also has deletion protection.
   * @default RemovalPolicy.RETAIN: the table stays
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether tools find the records of a subject (`subject` of the event, an order's number for instance). It costs one more
   * write unit for each new record whose event has a subject, because the record also enters an index.
   * CloudFormation adds one index to a table in an update (CloudFormation: "AWS::DynamoDB::Table", GlobalSecondaryIndexes), so set
   * this in an update of its own.
   * @default false
   */
  readonly findBySubject?: boolean;
}

/** What an operator sees of a listed record. No body and no result, because they may be large and personal. */
const listedAttributes = [
  'status',
  'consumer',
  'source',
  'eventId',
  'subject',
  'messageGroup',
  'sequence',
  'guarantee',
  'attempt',
  'attempts',
  'attemptState',
  'firstAttemptAt',
  'messageId',
  'blocked',
  'lastError',
  'attentionCode',
  'nextTryAt',
  'expiration',
] as const satisfies readonly (keyof typeof recordAttributes)[];

/**
 * The table of records: one item per consumer and event, which says whether the event was applied. Consumers may share
 * a table. The index `attention` lists the records that an operator may have to look at; an event that succeeds at its
 * first delivery never enters it.
 *
 * @example
 * ```ts
 * const records = new RecordTable(this, 'Records', { ttl: Duration.days(60) });
 * ```
 */
export class RecordTable extends DataTable {
  /** How long a record is valid. See `RecordTableProps`. */
  readonly ttl: Duration;

  /**
   * @throws ConfigurationError for a `ttl` that is shorter than the shortest possible life of a message, or too long.
   */
  constructor(
    scope: Construct,
    id: string,
    { ttl = Duration.days(45), findBySubject = false, ...props }: RecordTableProps = {},
  ) {
    if (!Token.isUnresolved(ttl.toSeconds())) checkRecordTtl('ttl', ttl.toSeconds());
    super(scope, id, {
      ...props,
      partitionKey: recordAttributes.id,
      timeToLiveAttribute: recordAttributes.expiration,
    });
    this.ttl = ttl;
    this.addGlobalSecondaryIndex({
      indexName: attentionIndex,
      partitionKey: { name: recordAttributes.attention, type: AttributeType.STRING },
      sortKey: { name: recordAttributes.attentionAt, type: AttributeType.NUMBER },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: listedAttributes.map((name) => recordAttributes[name]),
    });
    if (!findBySubject) return;
    this.addGlobalSecondaryIndex({
      indexName: subjectIndex,
      partitionKey: { name: recordAttributes.subject, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /**
   * Lets a function commit records, and sets the environment variables of the table. The function can neither read nor
   * delete a record. `IdempotentConsumer` calls this method.
   */
  grantCommit(commits: LambdaFunction): void {
    this.#setEnvironment(commits);
    // TransactWriteItems is not an IAM action: AWS checks the action of each write in the transaction.
    // `grant` would also name the indexes, which nobody writes.
    commits.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [this.tableArn],
      }),
    );
    this.encryptionKey?.grantEncryptDecrypt(commits);
  }

  /** Lets the intake's function store its answers, only under keys of the intake. */
  grantIntake(intake: LambdaFunction): void {
    this.#setEnvironment(intake);
    intake.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [this.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${intakeKeyPrefix}#*`] },
          // `ForAllValues` alone is true for a request without keys.
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      }),
    );
    this.encryptionKey?.grantEncryptDecrypt(intake);
  }

  /**
   * Lets operators and their tools read and list records, write their decisions, and remove the entry of a dead letter that
   * they have handled. It grants no deletion of an event's record.
   *
   * @example
   * ```ts
   * records.grantOperations(Role.fromRoleName(this, 'OnCall', 'on-call'));
   * ```
   */
  grantOperations(operators: IGrantable): void {
    const { tableArn } = this;
    Grant.addToPrincipal({
      grantee: operators,
      actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
      resourceArns: [tableArn, `${tableArn}/index/*`],
    });
    Grant.addToPrincipal({
      grantee: operators,
      actions: ['dynamodb:DeleteItem'],
      resourceArns: [tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [letterKey('*', '*')] } },
    });
  }

  #setEnvironment(handler: LambdaFunction): void {
    handler.addEnvironment(environmentNames.recordsTable, this.tableName);
    handler.addEnvironment(environmentNames.recordTtlSeconds, String(this.ttl.toSeconds()));
  }
}
