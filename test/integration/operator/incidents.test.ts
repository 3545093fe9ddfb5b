import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListSubscriptionsByTopicCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { idempotencyKey, sha256 } from '../../../contract/event/identity.ts';
import { firstPublishedAttribute } from '../../../contract/message-attributes.ts';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import type { Deployed } from '../deployment/connection.ts';
import { connection, dynamoDb, eventually, send, sns, sqs, unique } from '../support.ts';
import { mend, order, ordersOf, sendOrders, sequencesOf, untilEmpty } from '../trouble.ts';
import { type Ran, run } from './run-command.ts';

const { orders, strict, once } = connection.operated;

/** Longest answer that a person reads at night, in lines. */
const mostLines = 25;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'order-once-incidents-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Explains an order at a consumer, once the answer has a finding of this kind. */
async function explained(kind: string, consumer: string, text: string, ...more: string[]): Promise<Ran> {
  const answer = await eventually(
    () => run('explain', text, '--consumer', consumer, ...more),
    ({ output, code }) => code === 2 || output.includes(`: ${kind}`),
  );
  expect(answer.output).toContain(`: ${kind}`);
  expect(answer.errors).toBe('');
  expect(answer.output.split('\n').length).toBeLessThanOrEqual(mostLines);
  return answer;
}

/** The arguments of the command that an answer shows, without the stack, which `run` adds. */
function nextOf({ output }: Ran): string[] {
  const line = output.split('\n').find((one) => one.startsWith('npx order-once '));
  const words = line?.match(/'[^']*'|\S+/g) ?? [];
  return words.slice(2, -2).map((word) => word.replaceAll("'", ''));
}

async function isApplied(consumer: string, text: string): Promise<void> {
  expect(await explained('applied', consumer, text)).toMatchObject({ code: 0 });
}

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
  expect(await run(...nextOf(answer), '--reason', 'known', '--yes')).toMatchObject({ code: 0 });
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

it('a blocked group is skipped by the command that is shown, and goes on', async () => {
  const account = unique('account');
  const [first, second] = ordersOf(account, 2, { 1: 'refuse' }) as [OrderEvent, OrderEvent];
  await sendOrders(strict, [first, second]);
  const answer = await explained('blocked', 'strict', first.subject ?? '');
  expect(answer.code).toBe(1);
  expect((await run('blocked', 'ls')).output).toContain(account);
  const skip = nextOf(answer);
  expect(skip).toEqual(['blocked', 'skip', 'strict', account]);
  expect(await run(...skip, '--reason', 'refunded', '--yes', '--wait')).toMatchObject({ code: 0 });
  await explained('dead-letter', 'strict', first.subject ?? '');
  await isApplied('strict', second.subject ?? '');
});

it('an unknown outcome is decided by the commands that are shown', async () => {
  const event = order(unique('account'), 1, 'end');
  await sendOne(once, event);
  const answer = await explained('unknown', 'once', event.subject ?? '');
  const shown = await run(...nextOf(answer));
  const key = idempotencyKey('once', event);
  expect(shown.output).toContain(`record: ${key}`);
  expect(shown.output).toContain(`idempotency key: ${sha256(key)}`);
  const done = ['unknown', 'resolve', key, '--done', '--reason', 'found it', '--yes'];
  expect(await run(...done)).toMatchObject({ code: 0 });
  await isApplied('once', event.subject ?? '');
  expect((await run('explain', event.subject ?? '', '--consumer', 'once')).output).toContain('found it');
  // A second decision finds nothing to decide.
  expect(await run(...done)).toMatchObject({
    code: 2,
    errors: expect.stringContaining('is COMPLETED, not unknown'),
  });
});

it('an event that ends its process is a suspect', async () => {
  const event = order(unique('account'), 1, 'end');
  await sendOne(strict, event);
  await explained('suspect', 'strict', event.subject ?? '');
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
