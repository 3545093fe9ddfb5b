import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ledgerTable, ordersTable } from '../../../contract/orders/order-tables.ts';
import { recordAttributes } from '../../../contract/record/record-attributes.ts';
import { dynamoDbLocal } from '../../../system/java/dynamodb-local.ts';
import type { Tables } from '../dynamodb-subject.ts';
import { isInstalled, type Server, startServer } from './server.ts';

export const canRunDynamoDbLocal = isInstalled('java', '-version') && isInstalled('mvn', '-version');

/**
 * Amazon's own DynamoDB for one machine, fetched the first time. It keeps everything in memory, and listens on all
 * interfaces: it has no option for one.
 */
export async function startDynamoDbLocal(): Promise<Server & { connect(): DynamoDBClient }> {
  const jars = await dynamoDbLocal();
  const server = await startServer(
    (port) => [
      'java',
      `-Djava.library.path=${jars}`,
      '-cp',
      join(jars, '*'),
      'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    async (port) => {
      await clientOf(port).send(new ListTablesCommand({}));
      return true;
    },
  );
  return { ...server, connect: () => clientOf(server.port) };
}

export const tables: Tables = { records: 'records', orders: 'orders', ledger: 'ledger' };

export async function createTables(client: DynamoDBClient): Promise<void> {
  await createTable(client, tables.records, recordAttributes.id);
  await createTable(client, tables.orders, ordersTable.key);
  await createTable(client, tables.ledger, ledgerTable.key);
}

/** @param key Name of the partition key, a string. */
export async function createTable(client: DynamoDBClient, TableName: string, key: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    }),
  );
}

function clientOf(port: number): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}
