import { join } from 'node:path';
import { Annotations, CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { customersTable, ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { optionalOutputs, outputs } from '../../contract/orders/outputs.ts';
import { DataTable } from '../data-table.ts';
import { EventTopic } from '../event-topic.ts';
import { IdempotentConsumer } from '../idempotent-consumer.ts';
import { physicalName } from '../names.ts';
import { RecordTable } from '../record-table.ts';
import { ConsumersDashboard } from '../watching/consumers-dashboard.ts';
import { billing } from './billing.ts';
import type { CommonProps } from './common-props.ts';
import { notifications } from './notifications.ts';
import { OrderIntake } from './order-intake.ts';
import type { Settings } from './settings/read-settings.ts';

export type OrderOnceStackProps = StackProps &
  Pick<
    Settings,
    'alarmTopicArn' | 'billing' | 'data' | 'functionTimeout' | 'intake' | 'notifications' | 'toleratedOutage'
  > &
  Partial<
    Pick<
      Settings,
      'alarms' | 'encryptionKeyArn' | 'logMessageGroups' | 'logRetention' | 'maxEventSize' | 'physicalNames'
    >
  >;

/**
 * The stack of the example. Each order from the topic is applied once to three tables: orders, ledger, and the latest
 * order of each account. If settings name a payment provider and a sender, orders are also charged and mailed.
 */
export class OrderOnceStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    {
      data,
      functionTimeout,
      toleratedOutage,
      alarms = data === 'keep',
      logMessageGroups = 'hashed',
      logRetention = data === 'keep' ? RetentionDays.ONE_YEAR : RetentionDays.TWO_MONTHS,
      alarmTopicArn,
      encryptionKeyArn,
      maxEventSize,
      intake: intakeSettings,
      billing: payment,
      notifications: mail,
      physicalNames = 'generated',
      ...props
    }: OrderOnceStackProps,
  ) {
    super(scope, id, props);
    Validations.of(this).acknowledge({
      id: 'Serverless-LambdaTracing',
      reason:
        "Log lines have the producer's trace. X-Ray has a price per trace: `tracing` of a consumer turns it on.",
    });
    const forData = data === 'delete' ? { removalPolicy: RemovalPolicy.DESTROY } : {};

    const named = (id: string) =>
      physicalNames === 'fixed' ? { physicalName: physicalName(this, id, 'function') } : {};
    const alarmTopic =
      alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn);
    const watching = { alarms, ...(alarmTopic === undefined ? {} : { alarmTopic }) };

    const encryption =
      encryptionKeyArn === undefined
        ? {}
        : { encryptionKey: Key.fromKeyArn(this, 'Key', encryptionKeyArn), keyPolicyIsMine: true };
    const forTables = { ...forData, ...encryption };

    const topic = new EventTopic(this, 'OrderEvents', {
      ...encryption,
      ...(maxEventSize === undefined ? {} : { maxEventSize }),
    });
    const records = new RecordTable(this, 'Records', { ...forTables, findBySubject: true });
    const orders = new DataTable(this, 'Orders', { ...forTables, partitionKey: ordersTable.key });
    const ledger = new DataTable(this, 'Ledger', { ...forTables, partitionKey: ledgerTable.key });
    const customers = new DataTable(this, 'Customers', { ...forTables, partitionKey: customersTable.key });

    const common: CommonProps = {
      ...forData,
      ...encryption,
      ...watching,
      logMessageGroups,
      logRetention,
      topic,
      records,
      timeout: functionTimeout,
      ...(toleratedOutage === undefined ? {} : { toleratedOutage }),
    };
    const fulfilment = new IdempotentConsumer(this, 'Fulfilment', {
      ...common,
      ...named('Fulfilment'),
      consumerName: 'fulfilment',
      guarantee: 'exactly-once',
      entry: join(import.meta.dirname, '../../lambda/fulfilment.ts'),
      tables: {
        orders: { table: orders, effects: ['putIfNewer'] },
        ledger: { table: ledger, effects: ['increment'] },
        customers: { table: customers, effects: ['putIfNewer'] },
      },
    });

    const intake = new OrderIntake(this, 'Intake', {
      ...forData,
      ...encryption,
      ...watching,
      ...named('Intake'),
      logRetention,
      topic,
      records,
      customers,
      settings: intakeSettings,
    });

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

    const consumers = [fulfilment];
    if (payment === 'off') this.#leaveOut('billing', 'charge');
    else consumers.push(this.#tell('billing', billing(this, { ...common, ...named('Billing') }, payment)));
    if (mail === 'off') this.#leaveOut('notifications', 'mail');
    else {
      const mails = notifications(this, { ...common, ...named('Notifications') }, mail);
      consumers.push(this.#tell('notifications', mails));
    }
    if (alarms) new ConsumersDashboard(this, 'Dashboard', { consumers });
  }

  #leaveOut(consumer: string, act: string): void {
    Annotations.of(this).addInfo(
      `The consumer "${consumer}" is off; to ${act} orders, write its settings to "${consumer}" in the settings file ` +
        'of the stage (docs/deploy.md).',
    );
  }

  #tell(name: 'billing' | 'notifications', consumer: IdempotentConsumer): IdempotentConsumer {
    const values = {
      QueueUrl: consumer.queue.queueUrl,
      DlqUrl: consumer.deadLetterQueue.queueUrl,
      FunctionName: consumer.handler.functionName,
    } as const;
    for (const [what, value] of Object.entries(values)) {
      new CfnOutput(this, optionalOutputs[`${name}${what as keyof typeof values}`], { value });
    }
    return consumer;
  }
}
