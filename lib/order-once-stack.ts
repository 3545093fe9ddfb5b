import { join } from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { environmentNames } from '../contract/environment.ts';
import { outputs } from '../contract/outputs.ts';
import { ledgerTable, ordersTable } from '../contract/tables.ts';
import { DataTable } from './data-table.ts';
import { IdempotentConsumer } from './idempotent-consumer.ts';
import { OrderIntake } from './order-intake.ts';
import { OrderTopic } from './order-topic.ts';
import { RecordTable } from './record-table.ts';
import type { Settings } from './settings.ts';

export type OrderOnceStackProps = StackProps &
  Pick<Settings, 'stage' | 'functionTimeout'> &
  Partial<Pick<Settings, 'intakeAuth'>>;

/** Orders in through a topic, each applied once to the orders and to its account's ledger. */
export class OrderOnceStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, functionTimeout, intakeAuth = { kind: 'iam' }, ...props }: OrderOnceStackProps,
  ) {
    super(scope, id, props);
    const forStage = stage === 'dev' ? { removalPolicy: RemovalPolicy.DESTROY } : {};

    const topic = new OrderTopic(this, 'OrderEvents');
    const records = new RecordTable(this, 'Records', forStage);
    const orders = new DataTable(this, 'Orders', { ...forStage, partitionKey: ordersTable.key });
    const ledger = new DataTable(this, 'Ledger', { ...forStage, partitionKey: ledgerTable.key });

    const fulfilment = new IdempotentConsumer(this, 'Fulfilment', {
      ...forStage,
      topic,
      records,
      entry: join(import.meta.dirname, '../lambda/fulfilment.ts'),
      timeout: functionTimeout,
      // Short timeouts make retries fast in development; a whole day of them would be too many receives for SQS.
      ...(stage === 'dev' ? { toleratedOutage: Duration.hours(1) } : {}),
    });
    fulfilment.grantEffects(orders, environmentNames.ordersTable, 'put');
    fulfilment.grantEffects(ledger, environmentNames.ledgerTable, 'increment');

    const intake = new OrderIntake(this, 'Intake', { ...forStage, topic, records, auth: intakeAuth });

    const values: Record<keyof typeof outputs, string> = {
      topicArn: topic.topicArn,
      recordsTableName: records.tableName,
      ordersTableName: orders.tableName,
      ledgerTableName: ledger.tableName,
      fulfilmentQueueUrl: fulfilment.queue.queueUrl,
      fulfilmentDlqUrl: fulfilment.deadLetterQueue.queueUrl,
      fulfilmentFunctionName: fulfilment.handler.functionName,
      intakeUrl: intake.url,
      intakeFunctionName: intake.handler.functionName,
    };
    for (const [name, value] of Object.entries(values)) {
      new CfnOutput(this, outputs[name as keyof typeof outputs], { value });
    }
  }
}
