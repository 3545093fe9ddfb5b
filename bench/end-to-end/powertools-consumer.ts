import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { encodeTables, environmentNames } from '../../contract/environment.ts';
import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { nodeFunction } from '../../lib/functions/node-function.ts';
import { DataTable, type EventTopic } from '../../lib/index.ts';
import { physicalName } from '../../lib/names.ts';
import { fifoQueue } from '../../lib/queues/fifo-queue.ts';

const removalPolicy = RemovalPolicy.DESTROY;
const timeout = Duration.seconds(30);

/**
 * Applies a topic's orders with a Powertools function, to its own tables. Queue, function and event source are like
 * those of `IdempotentConsumer`: the same timeout, memory, bundle and batch size.
 */
export class PowertoolsConsumer extends Construct {
  readonly queue: Queue;
  readonly handler: LambdaFunction;
  readonly tables;

  constructor(scope: Construct, id: string, topic: EventTopic) {
    super(scope, id);
    const queueName = (suffix: string) => physicalName(scope, id, 'queue', `${suffix}.fifo`);
    const deadLetterQueue = fifoQueue(this, 'DeadLetterQueue', {
      queueName: queueName('-dlq'),
      retentionPeriod: Duration.days(14),
      removalPolicy,
    });
    this.queue = fifoQueue(this, 'Queue', {
      queueName: queueName(''),
      retentionPeriod: Duration.days(4),
      removalPolicy,
      // Six times the function's timeout, as AWS advises (Lambda Developer Guide, "Using Lambda with Amazon SQS").
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 5 },
    });
    topic.addSubscription(new SqsSubscription(this.queue, { rawMessageDelivery: true }));

    this.tables = {
      // As in the Powertools documentation: the key `id`, and TTL by `expiration`.
      recordsTable: new DataTable(this, 'Idempotency', {
        removalPolicy,
        partitionKey: 'id',
        timeToLiveAttribute: 'expiration',
      }),
      ordersTable: new DataTable(this, 'Orders', { removalPolicy, partitionKey: ordersTable.key }),
      ledgerTable: new DataTable(this, 'Ledger', { removalPolicy, partitionKey: ledgerTable.key }),
      customersTable: new DataTable(this, 'Customers', { removalPolicy, partitionKey: customersTable.key }),
    } as const;
    this.handler = nodeFunction(this, {
      functionName: physicalName(scope, id, 'function'),
      entry: join(import.meta.dirname, 'powertools-function.ts'),
      timeout,
      memorySize: 512,
      removalPolicy,
      logRetention: RetentionDays.ONE_DAY,
    });
    const { recordsTable, ordersTable: orders, ledgerTable: ledger, customersTable: customers } = this.tables;
    const effectTables = Object.entries({ orders, ledger, customers });
    const named = effectTables.map(([name, { tableName }]) => [name, { tableName }] as const);
    this.handler.addEnvironment(environmentNames.recordsTable, recordsTable.tableName);
    this.handler.addEnvironment(environmentNames.tables, encodeTables(Object.fromEntries(named)));
    for (const table of Object.values(this.tables)) table.grantReadWriteData(this.handler);
    this.handler.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 10, reportBatchItemFailures: true }),
    );
  }
}
