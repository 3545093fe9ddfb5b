import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListSubscriptionsByTopicCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { idempotencyKey } from '../../../contract/event/identity.ts';
import { firstPublishedAttribute } from '../../../contract/message-attributes.ts';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import type { Deployed } from '../deployment/connection.ts';
import { connection, dynamoDb, send, sns, sqs, unique } from '../support.ts';
import { mend, order, ordersOf, sendOrders, sequencesOf, untilEmpty } from '../trouble.ts';
import { explained, isApplied, nextOf } from './explained.ts';
import { run } from './run-command.ts';

const { orders, once } = connection.operated;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'order-once-incidents-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function sendOne(stack: Deployed, event: OrderEvent): Promise<void> {
  await sendOrders(stack, [event]);
}

async function eventsFile(...events: OrderEvent[]): Promise<string> {
  const file = join(folder, `${unique('events')}.ndjson`);
  await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return file;
}

it('an order that was applied, and sent again, needs nobody', async () => {
  const event = order(unique('account'), 1);
  await sendOne(orders, event);
  await isApplied('orders', event.subject ?? '');
  await send(orders, { body: event, group: event.partitionkey, deduplicationId: unique('again') });
  await untilEmpty(orders);
  await isApplied('orders', event.subject ?? '');
});

it('an order waits for a dependency, and the one behind it in its group names it', async () => {
  const account = unique('account');
  const [first, second] = ordersOf(account, 2, { 1: 'not-done-until-mended' }) as [OrderEvent, OrderEvent];
  const file = await eventsFile(first, second);
  await sendOrders(once, [first, second]);
  const waiting = await explained('waits-for-dependency', 'once', first.subject ?? '');
  expect(waiting.output).toContain('no attempt counts: the other system is away');
  expect(waiting.code).toBe(0);
  const behind = await explained('waits-in-group', 'once', second.subject ?? '', '--events', file);
  expect(behind.output.replace(/\s+/g, ' ')).toContain(`It waits behind ${first.id}`);
  await mend(once, account);
  await isApplied('once', second.subject ?? '');
});

it('an order in the dead-letter queue is redriven by the commands that are shown', async () => {
  const account = unique('account');
  const event = order(account, 1, 'refuse-until-mended');
  await sendOne(orders, event);
  const answer = await explained('dead-letter', 'orders', event.subject ?? '');
  expect(answer.code).toBe(1);
  expect(answer.output).toContain('(PERMANENT: not mended yet)');
  await mend(orders, account);
  const plan = join(folder, 'letter.plan');
  expect(await run(...nextOf(answer), '--out', plan)).toMatchObject({ code: 0 });
  expect(await run('dlq', 'apply', plan, '--yes', '--wait', '600')).toMatchObject({ code: 0 });
  await isApplied('orders', event.subject ?? '');
  expect(await sequencesOf(orders, account)).toEqual([1]);
});

it('a conflict is dropped by the command that is shown, and the first content stays applied', async () => {
  const event = order(unique('account'), 1);
  await sendOne(orders, event);
  await isApplied('orders', event.subject ?? '');
  await sendOne(orders, { ...event, data: { ...event.data, total: 1 } });
  const answer = await explained('dead-letter', 'orders', event.subject ?? '');
  expect(answer.output).toContain('(CONFLICT:');
  const show = nextOf(answer);
  expect((await run(...show)).output).toMatch(/^npx order-once dlq drop orders --record/m);
  const drop = ['dlq', 'drop', ...show.slice(2), '--reason', 'known', '--yes'];
  expect(await run(...drop)).toMatchObject({ code: 0 });
  await isApplied('orders', event.subject ?? '');
});

it('an event that is older than the records is in the dead-letter queue, and may be applied or not', async () => {
  const event = order(unique('account'), 1);
  const published = String(Date.now() - 100 * 86_400_000);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: orders.queueUrl,
      MessageBody: JSON.stringify(event),
      MessageGroupId: event.partitionkey,
      MessageDeduplicationId: unique('old'),
      MessageAttributes: { [firstPublishedAttribute]: { DataType: 'Number', StringValue: published } },
    }),
  );
  const answer = await explained('dead-letter', 'orders', event.subject ?? '');
  expect(answer.output).toContain('(OUT_OF_WINDOW:');
  expect((await run(...nextOf(answer))).output).toContain('OUT_OF_WINDOW');
  // An operator found that it was not applied.
  const plan = join(folder, 'new.plan');
  expect(await run('dlq', 'plan', 'orders', '--event', event.id, '--as-new', '--out', plan)).toMatchObject({
    code: 0,
  });
  expect(await run('dlq', 'apply', plan, '--yes', '--wait', '600')).toMatchObject({ code: 0 });
  await isApplied('orders', event.subject ?? '');
});

it('a paused consumer is resumed by the command that is shown', async () => {
  expect(await run('pause', 'orders', '--yes')).toMatchObject({ code: 0 });
  const event = order(unique('account'), 1);
  await sendOne(orders, event);
  const answer = await explained('mapping-off', 'orders', event.subject ?? '');
  expect((await run('status')).output).toContain('orders gets no messages: it is paused');
  expect(await run(...nextOf(answer), '--yes')).toMatchObject({ code: 0 });
  await isApplied('orders', event.subject ?? '');
});

it('an event that was never published, and one behind the broker, are known by the journal', async () => {
  const account = unique('account');
  const [first, second] = ordersOf(account, 2) as [OrderEvent, OrderEvent];
  const other: OrderEvent = { ...first, data: { ...first.data, total: 2 } };
  const file = await eventsFile(first, other);
  const journal = join(folder, 'published.journal');
  const publish = [
    'publish',
    file,
    '--topic',
    orders.topicArn,
    '--journal',
    journal,
    '--deduplication',
    'event',
    '--yes',
  ];
  expect(await run(...publish)).toMatchObject({ code: 0 });
  await isApplied('orders', first.subject ?? '');
  const same = await run(
    'explain',
    first.subject ?? '',
    '--consumer',
    'orders',
    '--events',
    file,
    '--journal',
    journal,
  );
  expect(same.output).toContain(': same-as-another');
  await writeFile(file, [first, other, second].map((event) => `${JSON.stringify(event)}\n`).join(''));
  const never = await explained(
    'not-published',
    'orders',
    second.subject ?? '',
    '--events',
    file,
    '--journal',
    journal,
  );
  expect(never.code).toBe(1);
  expect(await run(...publish)).toMatchObject({ code: 0 });
  await isApplied('orders', second.subject ?? '');
});

it('a record that has expired proves nothing any more', async () => {
  const event = order(unique('account'), 1);
  await sendOne(orders, event);
  await isApplied('orders', event.subject ?? '');
  await dynamoDb.send(
    new UpdateItemCommand({
      TableName: orders.records,
      Key: { id: { S: idempotencyKey('orders', event) } },
      UpdateExpression: 'SET expiration = :past',
      ExpressionAttributeValues: { ':past': { N: '1' } },
    }),
  );
  await explained('expired', 'orders', event.subject ?? '');
});

it('an erased order is still known by its record, and by who erased it', async () => {
  const event = order(unique('account'), 1);
  await sendOne(orders, event);
  await isApplied('orders', event.subject ?? '');
  const erase = await run('erase', event.subject ?? '', '--reason', 'asked for it', '--yes');
  expect(erase).toMatchObject({ code: 0 });
  const answer = await explained('applied', 'orders', idempotencyKey('orders', event));
  expect(answer.output.replace(/\s+/g, ' ')).toContain('decided "erased"');
});

it('nobody knows an order that never was, and the answer lists what cannot be excluded', async () => {
  const answer = await explained('not-seen', 'orders', unique('nobody'));
  expect(answer.output).toContain('it was never published');
  expect(answer.code).toBe(1);
});

it('a lost subscription is found although nothing arrives', async () => {
  const { Subscriptions = [] } = await sns.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: once.topicArn }),
  );
  for (const { SubscriptionArn } of Subscriptions)
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  const event = order(unique('account'), 1);
  await sendOne(once, event);
  await explained('subscription-lost', 'once', event.subject ?? '');
  expect((await run('doctor')).output).toContain('! once, subscription');
});
