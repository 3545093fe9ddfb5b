import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { customersTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { redirect } from '../../lab/target/redirect.ts';
import { type DeadLetter, depth, peek } from '../../local/queues/queue.ts';
import { anOrder } from '../support/orders.ts';
import type { Deployed } from './deployment/connection.ts';
import { type Applied, appliedAttribute, mendedKey } from './functions/traces.ts';
import { connection, dynamoDb, eventually, lambda, send, sqs } from './support.ts';

/** The n-th order of an account, from 1. @param trouble What it asks a troubled function for. */
export function order(account: string, n: number, trouble?: string): OrderEvent {
  return anOrder(
    { subject: `${account}-${n}`, partitionkey: account, sequence: String(n) },
    { total: 10.1, ...(trouble !== undefined && { customerId: trouble }) },
  );
}

/** The first orders of an account, one of which asks for trouble. */
export function ordersOf(account: string, count: number, trouble: Readonly<Record<number, string>> = {}) {
  return Array.from({ length: count }, (_, index) => order(account, index + 1, trouble[index + 1]));
}

export async function sendOrders(stack: Deployed, events: readonly OrderEvent[]): Promise<void> {
  await send(stack, ...events.map((body) => ({ body, group: body.partitionkey })));
}

/** Sends orders while the queue is given to nobody, so that the first batch begins with them all in the queue. */
export async function sendAtOnce(stack: Deployed, events: readonly OrderEvent[]): Promise<void> {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: stack.functionName }),
  );
  const UUID = EventSourceMappings[0]?.UUID;
  const enable = async (Enabled: boolean) => {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    await eventually(
      () => lambda.send(new GetEventSourceMappingCommand({ UUID })),
      ({ State }) => State === (Enabled ? 'Enabled' : 'Disabled'),
    );
  };
  await enable(false);
  await sendOrders(stack, events);
  // A topic hands messages over after it has answered.
  await eventually(
    () => depth(sqs, stack.queueUrl),
    (messages) => messages >= events.length,
  );
  await enable(true);
}

/** What a troubled function applied of an account, in its order, once it is at least `enough`. */
export async function appliedOf(
  { customers }: Deployed,
  account: string,
  enough = 0,
): Promise<readonly Applied[]> {
  const Key = marshall({ [customersTable.key]: account });
  return await eventually(
    async () => {
      const { Item } = await dynamoDb.send(
        new GetItemCommand({ TableName: customers, Key, ConsistentRead: true }),
      );
      return Item === undefined ? [] : unmarshall(Item)[appliedAttribute];
    },
    (applied) => applied.length >= enough,
  );
}

/** The sequence numbers of what was applied of an account, in its order. */
export async function sequencesOf(...args: Parameters<typeof appliedOf>): Promise<number[]> {
  return (await appliedOf(...args)).map(({ sequence }) => Number(sequence));
}

/** 1 to `count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

export async function untilEmpty({ queueUrl }: Deployed): Promise<void> {
  const left = await eventually(
    () => depth(sqs, queueUrl),
    (messages) => messages === 0,
  );
  if (left > 0) throw new Error(`${left} messages stayed in ${queueUrl}`);
}

/** What is in the dead-letter queue. Two that look at once hide letters from each other. */
export async function lettersOf({ deadLetterQueueUrl }: Deployed): Promise<(DeadLetter & { id: string })[]> {
  const letters = await peek(sqs, deadLetterQueueUrl);
  return letters.map((letter) => ({ ...letter, id: JSON.parse(letter.body).id }));
}

/** Has a troubled function refuse an account's orders no more. */
export async function mend({ orders }: Deployed, account: string): Promise<void> {
  const Item = marshall({ [ordersTable.key]: mendedKey(account) });
  await dynamoDb.send(new PutItemCommand({ TableName: orders, Item }));
}

/** Takes the store from a function, or gives it back. */
export async function reachStore({ functionName }: Deployed, isThere: boolean): Promise<void> {
  const { clientConfig } = connection;
  // Nothing listens at the port for discarding.
  const DYNAMODB = isThere ? clientConfig.endpoint : 'http://127.0.0.1:9';
  await redirect(clientConfig, functionName, { DYNAMODB });
}
