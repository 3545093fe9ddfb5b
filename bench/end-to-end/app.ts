import { App, CfnOutput, Duration } from 'aws-cdk-lib';
import { OrderOnceStack } from '../../lib/app/order-once-stack.ts';
import type { EventTopic } from '../../lib/event-topic.ts';
import { PowertoolsConsumer } from './powertools-consumer.ts';

/** The example's stack with one more consumer of its topic, which uses Powertools. */
const app = new App();
const stack = new OrderOnceStack(app, String(app.node.getContext('stackName')), {
  data: 'delete',
  // The log of a function is found by the function's name.
  physicalNames: 'fixed',
  logMessageGroups: 'plain',
  functionTimeout: Duration.seconds(30),
  toleratedOutage: Duration.hours(1),
  intake: { auth: 'iam' },
  billing: 'off',
  notifications: 'off',
});
const topic = stack.node.findChild('OrderEvents') as EventTopic;
const { queue, handler, tables } = new PowertoolsConsumer(stack, 'Powertools', topic);
new CfnOutput(stack, 'Peer', {
  value: stack.toJsonString({
    queueUrl: queue.queueUrl,
    functionName: handler.functionName,
    records: tables.recordsTable.tableName,
    orders: tables.ordersTable.tableName,
    ledger: tables.ledgerTable.tableName,
    customers: tables.customersTable.tableName,
  }),
});
