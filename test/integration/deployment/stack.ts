import { join } from 'node:path';
import { App, CfnOutput, Duration, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { customersTable, ledgerTable, ordersTable } from '../../../contract/orders/order-tables.ts';
import { shopVariables } from '../../../contract/orders/shop-variables.ts';
import type { OnPoison } from '../../../contract/policies/poison-policy.ts';
import { OrderOnceStack } from '../../../lib/app/order-once-stack.ts';
import { DataTable, EventTopic, IdempotentConsumer, RecordTable } from '../../../lib/index.ts';
import { physicalName } from '../../../lib/names.ts';
import type { Sandbox } from './sandbox.ts';

interface VariantProps {
  /** @default - `fulfilment`, whose place it takes */
  readonly consumerName?: string;
  /** The file in functions/. @default - the variant's name */
  readonly entry?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 3 s, so that what its process dies over comes again soon */
  readonly timeout?: Duration;
  readonly visibilityTimeout?: Duration;
  /** @default quarantine */
  readonly onPoison?: OnPoison;
}

/** A topic of its own, with one consumer that runs a test's function in the place of the real one. */
class Variant extends Construct {
  constructor(
    stack: Stack,
    name: string,
    { entry = name, consumerName = 'fulfilment', ...props }: VariantProps = {},
  ) {
    super(stack, name);
    const removalPolicy = RemovalPolicy.DESTROY;
    const topic = new EventTopic(this, 'Events');
    const records = new RecordTable(this, 'Records', { removalPolicy, findBySubject: true });
    const orders = new DataTable(this, 'Orders', { removalPolicy, partitionKey: ordersTable.key });
    const ledger = new DataTable(this, 'Ledger', { removalPolicy, partitionKey: ledgerTable.key });
    const customers = new DataTable(this, 'Customers', { removalPolicy, partitionKey: customersTable.key });
    const consumer = new IdempotentConsumer(this, 'Consumer', {
      topic,
      records,
      removalPolicy,
      timeout: Duration.seconds(3),
      logMessageGroups: 'plain',
      ...props,
      physicalName: physicalName(this, 'Consumer', 'function'),
      consumerName,
      tables: {
        orders: { table: orders, effects: ['putIfNewer'] },
        ledger: { table: ledger, effects: ['increment'] },
        customers: { table: customers, effects: ['putIfNewer', 'increment'] },
      },
      entry: join(import.meta.dirname, '../functions', `${entry}.ts`),
      toleratedOutage: Duration.hours(1),
    });
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
const settings = {
  data: 'delete',
  // The tests find the log of a function by the function's name, as LocalStack writes it.
  physicalNames: 'fixed',
  // The tests find the lines of a group.
  logMessageGroups: 'plain',
  functionTimeout: Duration.seconds(60),
  // With a short timeout, a message would use up its receives in less than the day of the default.
  toleratedOutage: Duration.hours(1),
  intake: { auth: 'iam' },
  billing: 'off',
  notifications: 'off',
} as const;
new OrderOnceStack(app, name, settings);
new OrderOnceStack(app, `${name}-Unmended`, settings);
const variants = new Stack(app, `${name}-Variants`);
for (const variant of ['sound', 'unconditional', 'regressing']) new Variant(variants, variant);
new Variant(variants, 'faulty', { consumerName: 'faulty' });
const troubled = { entry: 'troubled', consumerName: 'troubled' } as const;
const troubledOutside = { entry: 'troubled-outside', consumerName: 'troubled' } as const;
// A queue for each case that its neighbours would disturb: the emulator gives a queue's batches one after the other.
for (const variant of ['plain', 'reversed']) new Variant(variants, variant, { entry: 'sound' });
for (const variant of ['deadly', 'cut-off', 'crashing', 'recovering'])
  new Variant(variants, variant, troubled);
new Variant(variants, 'steady', { ...troubled, timeout: Duration.seconds(12) });
// Nothing ends its process, and each batch is to be done in one invocation, however busy the machine is.
new Variant(variants, 'poisoned', { ...troubled, timeout: Duration.seconds(30) });
new Variant(variants, 'ignoring', { ...troubledOutside, timeout: Duration.seconds(5) });
new Variant(variants, 'patient', { ...troubled, visibilityTimeout: Duration.minutes(5) });
new Variant(variants, 'outside', troubledOutside);
const nested = new EventTopic(new NestedStack(variants, 'Nested'), 'Events');
new CfnOutput(variants, 'NestedTopicArn', { value: nested.topicArn });

// A stack of its own for the commands of operators, which find consumers by their names.
const operated = new Stack(app, `${name}-Operated`);
new Variant(operated, 'orders', { entry: 'troubled', consumerName: 'orders', timeout: Duration.seconds(30) });
new Variant(operated, 'letters', {
  entry: 'troubled',
  consumerName: 'letters',
  timeout: Duration.seconds(30),
});
new Variant(operated, 'strict', { entry: 'troubled', consumerName: 'strict', onPoison: 'block' });
new Variant(operated, 'once', { entry: 'troubled-once', consumerName: 'once' });

const effects: unknown = app.node.tryGetContext('effects');
if (effects !== undefined) {
  const { paymentUrl, mailFrom, mailDomain }: Sandbox['settings'] = JSON.parse(String(effects));
  new OrderOnceStack(app, `${name}-Effects`, {
    ...settings,
    // Short, so that what is unclear is tried again soon.
    functionTimeout: Duration.seconds(5),
    billing: { url: paymentUrl, keyRetention: Duration.days(1) },
    notifications: { from: mailFrom, domain: mailDomain },
  });
  new Variant(variants, 'mailing-again', {
    consumerName: 'notifications',
    environment: { [shopVariables.mailFrom]: mailFrom, [shopVariables.mailDomain]: mailDomain },
  });
}
