import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, SQSEvent } from 'aws-lambda';
import { readTables } from '../../../contract/environment.ts';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { customersTable, ordersTable } from '../../../contract/orders/order-tables.ts';
import { dependenciesFromEnvironment } from '../../../runtime/consumer/dependencies-from-environment.ts';
import {
  type ConsumerDependencies,
  type ConsumerHandler,
  NotExecutedError,
  PermanentError,
} from '../../../runtime/index.ts';
import { withSpareTime } from './spare-time.ts';
import { type Applied, appliedAttribute, mendedKey } from './traces.ts';

const orders = readTables().orders?.tableName;
export const client = new DynamoDBClient({});

const end = () => process.kill(process.pid, 'SIGKILL');
const never = () => new Promise<never>(() => {});

/** Which events asked to be refused, and at which step of that their process is to end. */
const refused = new Map<string, string>();

/** Does to an order what it asks for in its customer id: a word, and what belongs to it behind a blank. */
export async function suffer({ id, partitionkey, data }: OrderEvent): Promise<void> {
  const [trouble = '', detail = ''] = (data.customerId ?? '').split(' ');
  switch (trouble) {
    case 'refuse':
      refused.set(id, detail);
      throw new PermanentError('refused, as it asked for');
    case 'refuse-until-mended':
      if (!(await exists(mendedKey(partitionkey)))) throw new PermanentError('not mended yet');
      return;
    case 'fail-once':
      if (await isFirst(id)) throw new Error(`failed at ${Date.now()}`);
      return;
    case 'fail-until':
      if (Date.now() < Number(detail)) throw new Error('not yet');
      return;
    case 'not-done-until-mended':
      if (!(await exists(mendedKey(partitionkey)))) throw new NotExecutedError('the other system is away');
      return;
    case 'take':
      await delay(Number(detail));
      return;
    case 'end':
      end();
      await never();
      return;
    case 'hang-once':
      if (await isFirst(id)) await never();
  }
}

/** Ends the process once for each event that asked for it: before its copy is sent, after it, or after its record. */
export function endingWiring(): ConsumerDependencies {
  const wiring = dependenciesFromEnvironment();
  const { deadLetters, store } = wiring;
  const endAt = async (step: string, eventId: string) => {
    if (refused.get(eventId) !== step || !(await isFirst(`${step} of ${eventId}`))) return;
    end();
    await never();
  };
  return {
    ...wiring,
    deadLetters: {
      async send(letter) {
        const { id } = JSON.parse(letter.body);
        await endAt('before-copy', id);
        await deadLetters.send(letter);
        await endAt('after-copy', id);
      },
    },
    store: {
      ...store,
      async quarantine(delivery, ...rest) {
        const answer = await store.quarantine(delivery, ...rest);
        await endAt('after-record', delivery.eventId);
        return answer;
      },
    },
  };
}

const ownProcess = randomUUID();
let batch = { invocation: '', messages: 0 };

/** Notes which batch the handler works on. */
export function observed(consumer: ConsumerHandler) {
  const unhurried = withSpareTime(consumer);
  return (event: SQSEvent, context: Context) => {
    // A question of a tool has no messages.
    batch = { invocation: context.awsRequestId, messages: event.Records?.length ?? 0 };
    return unhurried(event, context);
  };
}

/** An update that puts an event at the end of what was applied of its account: whatever is applied twice is there twice. */
export function append({ partitionkey, sequence }: OrderEvent) {
  const applied: Applied = { sequence, ...batch, process: ownProcess, at: Date.now() };
  return {
    TableName: readTables().customers?.tableName,
    Key: marshall({ [customersTable.key]: partitionkey }),
    UpdateExpression: 'SET #applied = list_append(if_not_exists(#applied, :none), :applied)',
    ExpressionAttributeNames: { '#applied': appliedAttribute },
    ExpressionAttributeValues: marshall({ ':none': [], ':applied': [applied] }),
  };
}

/** Whether something happens for the first time in any process. */
async function isFirst(what: string): Promise<boolean> {
  try {
    await client.send(
      new PutItemCommand({
        TableName: orders,
        Item: marshall({ [ordersTable.key]: what }),
        ConditionExpression: 'attribute_not_exists(#key)',
        ExpressionAttributeNames: { '#key': ordersTable.key },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function exists(what: string): Promise<boolean> {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: orders,
      Key: marshall({ [ordersTable.key]: what }),
      ConsistentRead: true,
    }),
  );
  return Item !== undefined;
}
