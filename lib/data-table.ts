import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { physicalName } from './names.ts';

export interface DataTableProps {
  /** Name of the partition key, a string. */
  readonly partitionKey: string;

  /** Attribute with the time, in seconds since the epoch, past which DynamoDB deletes an item. @default - none */
  readonly timeToLiveAttribute?: string;

  /**
   * What becomes of the table when its stack is deleted. Unless it is DESTROY, the table is also protected from
   * deletion by any other hand.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A DynamoDB table that keeps what it is given: on-demand capacity, point-in-time recovery over 35 days, named after
 * its stack. Encrypted with a key that DynamoDB owns: always on, without a price per request.
 */
export class DataTable extends Table {
  constructor(
    scope: Construct,
    id: string,
    { partitionKey, timeToLiveAttribute, removalPolicy = RemovalPolicy.RETAIN }: DataTableProps,
  ) {
    super(scope, id, {
      tableName: physicalName(scope, id, 'table'),
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
      removalPolicy,
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
    });
  }
}
