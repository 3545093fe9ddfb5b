import { join } from 'node:path';
import { Annotations, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { optionalOutputs, outputs } from '../../contract/orders/outputs.ts';
import { DataTable } from '../data-table.ts';
import { EventTopic } from '../event-topic.ts';
import { IdempotentConsumer } from '../idempotent-consumer.ts';
import { RecordTable } from '../record-table.ts';
import { billing } from './billing.ts';
import type { CommonProps } from './common-props.ts';
import { notifications } from './notifications.ts';
import { OrderIntake } from './order-intake.ts';
import type { Settings } from './settings.ts';

export type OrderOnceStackProps = StackProps &
  Pick<Settings, 'stage' | 'functionTimeout' | 'payment' | 'mail'> &
  Partial<Pick<Settings, 'intakeAuth'>>;

/**
 * The stack of the example. Each order from the topic is applied once to three tables: orders, ledger, and the latest
 * order of each account. If settings name a payment provider and a sender, orders are also charged and mailed.
 */
export class OrderOnceStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, functionTimeout, payment, mail, intakeAuth = { kind: 'iam' }, ...props }: OrderOnceStackProps,
  ) {
    super(scope, id, props);
    const forStage = stage === 'dev' ? { removalPolicy: RemovalPolicy.DESTROY } : {};

    const topic = new EventTopic(this, 'OrderEvents');
    const records = new RecordTable(this, 'Records', forStage);
    const orders = new DataTable(this, 'Orders', { ...forStage, partitionKey: ordersTable.key });
    const ledger = new DataTable(this, 'Ledger', { ...forStage, partitionKey: ledgerTable.key });
    const customers = new DataTable(this, 'Customers', { ...forStage, partitionKey: customersTable.key });

    const common: CommonProps = {
      ...forStage,
      topic,
      records,
      timeout: functionTimeout,
      // Short timeouts make retries fast in development. A message would then use up the receives that SQS allows in
      // less than a day.
      ...(stage === 'dev' ? { toleratedOutage: Duration.hours(1) } : {}),
    };
    const fulfilment = new IdempotentConsumer(this, 'Fulfilment', {
      ...common,
      consumerName: 'fulfilment',
      entry: join(import.meta.dirname, '../../lambda/fulfilment.ts'),
      tables: {
        orders: { table: orders, effects: ['putIfNewer'] },
        ledger: { table: ledger, effects: ['increment'] },
        customers: { table: customers, effects: ['putIfNewer'] },
      },
    });

    const intake = new OrderIntake(this, 'Intake', { ...forStage, topic, records, auth: intakeAuth });

    const values: Record<keyof typeof outputs, string> = {
      topicArn: topic.topicArn,
      recordsTableName: records.tableName,
      ordersTableName: orders.tableName,
      ledgerTableName: ledger.tableName,
      customersTableName: customers.tableName,
      fulfilmentQueueUrl: fulfilment.queue.queueUrl,
      fulfilmentDlqUrl: fulfilment.deadLetterQueue.queueUrl,
      fulfilmentFunctionName: fulfilment.handler.functionName,
      intakeUrl: intake.url,
      intakeFunctionName: intake.handler.functionName,
    };
    for (const [name, value] of Object.entries(values)) {
      new CfnOutput(this, outputs[name as keyof typeof outputs], { value });
    }

    if (payment === undefined) this.#leaveOut('billing', 'charge', 'paymentUrl');
    else this.#tell('billing', billing(this, common, payment));
    if (mail === undefined) this.#leaveOut('notifications', 'mail', 'mailFrom', 'mailDomain');
    else this.#tell('notifications', notifications(this, common, mail));
  }

  #leaveOut(consumer: string, act: string, ...settings: readonly string[]): void {
    const options = settings.map((setting) => `-c ${setting}=...`).join(' ');
    Annotations.of(this).addInfo(`The consumer "${consumer}" is left out; to ${act} orders give ${options}`);
  }

  #tell(name: 'billing' | 'notifications', consumer: IdempotentConsumer): void {
    const values = {
      QueueUrl: consumer.queue.queueUrl,
      DlqUrl: consumer.deadLetterQueue.queueUrl,
      FunctionName: consumer.handler.functionName,
    } as const;
    for (const [what, value] of Object.entries(values)) {
      new CfnOutput(this, optionalOutputs[`${name}${what as keyof typeof values}`], { value });
    }
  }
}
