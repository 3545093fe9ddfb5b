import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RecordTable } from '../../../lib/record-table.ts';

/** Creates the table of `RecordTable`, with both of its indexes, as CloudFormation would. */
export async function createRecordTable(client: DynamoDBClient, name: string): Promise<void> {
  const stack = new Stack(new App(), 'Records');
  new RecordTable(stack, 'Records', { findBySubject: true });
  const [table] = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::Table'));
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } =
    table?.Properties as CreateTableCommandInput;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
      BillingMode,
    }),
  );
}
