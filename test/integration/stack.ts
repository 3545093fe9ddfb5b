import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { environmentNames } from '../../contract/environment.ts';
import { customersTable, ledgerTable, ordersTable } from '../../contract/tables.ts';
import { DataTable, IdempotentConsumer, OrderTopic, RecordTable } from '../../lib/index.ts';
import { OrderOnceStack } from '../../lib/order-once-stack.ts';
import { readSettings } from '../../lib/settings.ts';

interface VariantProps {
  /** The file in functions/. @default - the variant's name */
  readonly entry?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly visibilityTimeout?: Duration;
}

/** A topic of its own, with one consumer that runs a test's function in the place of the real one. */
class Variant extends Construct {
  constructor(stack: Stack, name: string, { entry = name, ...props }: VariantProps = {}) {
    super(stack, name);
    const removalPolicy = RemovalPolicy.DESTROY;
    const topic = new OrderTopic(this, 'Events');
    const records = new RecordTable(this, 'Records', { removalPolicy });
    const orders = new DataTable(this, 'Orders', { removalPolicy, partitionKey: ordersTable.key });
    const ledger = new DataTable(this, 'Ledger', { removalPolicy, partitionKey: ledgerTable.key });
    const customers = new DataTable(this, 'Customers', { removalPolicy, partitionKey: customersTable.key });
    const consumer = new IdempotentConsumer(this, 'Consumer', {
      topic,
      records,
      removalPolicy,
      ...props,
      entry: join(import.meta.dirname, 'functions', `${entry}.ts`),
      // Short, so that what failed comes again soon.
      timeout: Duration.seconds(3),
      toleratedOutage: Duration.hours(1),
    });
    consumer.grantEffects(orders, environmentNames.ordersTable, 'putIfNewer');
    consumer.grantEffects(ledger, environmentNames.ledgerTable, 'increment');
    consumer.grantEffects(customers, environmentNames.customersTable, 'putIfNewer', 'increment');
    orders.grantReadData(consumer.handler);
    new CfnOutput(stack, `${name}Variant`, {
      value: stack.toJsonString({
        topicArn: topic.topicArn,
        queueUrl: consumer.queue.queueUrl,
        deadLetterQueueUrl: consumer.deadLetterQueue.queueUrl,
        functionName: consumer.handler.functionName,
        records: records.tableName,
        orders: orders.tableName,
        ledger: ledger.tableName,
        customers: customers.tableName,
      }),
    });
  }
}

const app = new App();
const name = String(app.node.getContext('stackName'));
// Long, so that 50 processes that start at once on a small machine all get to their end.
const settings = { stage: 'dev', functionTimeout: Duration.seconds(60) } as const;
new OrderOnceStack(app, name, settings);
new OrderOnceStack(app, `${name}-Unmended`, settings);
const variants = new Stack(app, `${name}-Variants`);
for (const variant of ['sound', 'faulty', 'unconditional', 'reversed', 'regressing'])
  new Variant(variants, variant);
// A queue for each case that its neighbours would disturb: the emulator gives a queue's batches one after the other.
new Variant(variants, 'plain', { entry: 'sound' });
for (const variant of ['poisoned', 'deadly', 'cut-off', 'crashing', 'steady', 'recovering'])
  new Variant(variants, variant, { entry: 'troubled' });
new Variant(variants, 'patient', { entry: 'troubled', visibilityTimeout: Duration.minutes(5) });
for (const variant of ['outside', 'ignoring']) new Variant(variants, variant, { entry: 'troubled-outside' });

const { payment, mail } = readSettings(app);
if (payment !== undefined && mail !== undefined) {
  // Short, so that what is unclear is tried again soon.
  const functionTimeout = Duration.seconds(5);
  new OrderOnceStack(app, `${name}-Effects`, { ...settings, functionTimeout, payment, mail });
  new Variant(variants, 'mailing-again', {
    environment: {
      [environmentNames.mailFrom]: mail.from,
      [environmentNames.mailDomain]: mail.domain,
    },
  });
}
