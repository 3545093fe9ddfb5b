import { join } from 'node:path';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DataTable, EventTopic, IdempotentConsumer, RecordTable } from 'order-once/constructs';

/** Purchases come in by a topic, and a consumer keeps the points of each member. */
export class LoyaltyStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const members = new DataTable(this, 'Members', { partitionKey: 'member' });
    const topic = new EventTopic(this, 'Purchases');
    new IdempotentConsumer(this, 'Points', {
      consumerName: 'points',
      topic,
      records: new RecordTable(this, 'Records'),
      entry: join(__dirname, '../lambda/points.ts'),
      tables: { members: { table: members, effects: ['increment'] } },
    });
    // For producers, and for the integration test.
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'MembersTableName', { value: members.tableName });
  }
}
