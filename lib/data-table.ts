import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../contract/errors.ts';
import { checkKey, type EncryptionKeyProps } from './encryption/encryption-key.ts';
import { givenName } from './names.ts';

export interface DataTableProps extends EncryptionKeyProps {
  /**
   * The table's name. A table that outlives its stack then blocks the next deployment, until `cdk import` adopts it or it
   * is gone: docs/lifecycle.md.
   * @default - a name of CloudFormation's
   */
  readonly tableName?: string;

  /** Name of the partition key, a string. */
  readonly partitionKey: string;

  /** Attribute with the time, in seconds since the epoch, after which DynamoDB deletes an item. @default - none */
  readonly timeToLiveAttribute?: string;

  /**
   * What happens to the table when its stack is deleted. Unless it is DESTROY, the table also has deletion protection.
   * @default RemovalPolicy.RETAIN: the table stays
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A DynamoDB table with safe settings: on-demand capacity, point-in-time recovery over 35 days, and retention when its
 * stack is deleted. By default its encryption key belongs to DynamoDB and costs nothing.
 *
 * @example
 * ```ts
 * const seats = new DataTable(this, 'Seats', { partitionKey: 'seat' });
 * ```
 */
export class DataTable extends Table {
  /**
   * @throws ConfigurationError for an attribute name that DynamoDB refuses, for a table name that is too long for
   *   DynamoDB, for one that another construct has, and for an imported key without `keyPolicyIsMine`.
   */
  constructor(
    scope: Construct,
    id: string,
    {
      tableName,
      partitionKey,
      timeToLiveAttribute,
      removalPolicy = RemovalPolicy.RETAIN,
      encryptionKey,
      keyPolicyIsMine,
    }: DataTableProps,
  ) {
    checkAttribute('partitionKey', partitionKey);
    if (timeToLiveAttribute !== undefined) checkAttribute('timeToLiveAttribute', timeToLiveAttribute);
    super(scope, id, {
      ...(tableName === undefined ? {} : { tableName }),
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
      removalPolicy,
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      ...(encryptionKey === undefined ? {} : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
    });
    checkKey(this, { encryptionKey, keyPolicyIsMine }, 'functions could be refused');
    if (tableName !== undefined) givenName(this, 'tableName', 'table', tableName);
  }
}

/** In bytes (AWS: "Quotas in Amazon DynamoDB", attribute names; a key's has 255). */
const maxAttributeName = 255;

function checkAttribute(option: string, name: string): void {
  if (Token.isUnresolved(name)) return;
  const bytes = Buffer.byteLength(name);
  if (bytes >= 1 && bytes <= maxAttributeName) return;
  throw new ConfigurationError(`${option} is "${name}"; it must be a name of 1 to ${maxAttributeName} bytes`);
}
