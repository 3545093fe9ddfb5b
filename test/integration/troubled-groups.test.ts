import { setTimeout as delay } from 'node:timers/promises';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { idempotencyKey } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { readDeliveries } from '../../lab/observe/deliveries.ts';
import type { Deployed } from './deployment/connection.ts';
import { can, connection, deliveries, dynamoDb, eventually, itIf, logs, sqs, unique } from './support.ts';
import {
  appliedOf,
  lettersOf,
  mend,
  order,
  ordersOf,
  reachStore,
  sendAtOnce,
  sendOrders,
  sequencesOf,
  untilEmpty,
  upTo,
} from './trouble.ts';

/** How long the store is away, in ms. */
const outage = 60_000;

/*
 * What goes wrong here takes its time: visibility timeouts, backoffs, a minute of outage. So these tests run at once, on
 * queues of their own, and without a `describe`: jest runs at once only what stands in one block. The two that look at
 * the time run before.
 */

const { plain, poisoned, deadly, cutOff, crashing, outside, steady, recovering, patient, ignoring } =
  connection.variants;

/** Arranges what several tests look at, when the first of them asks. */
function once<T>(arrange: () => Promise<T>): () => Promise<T> {
  let arranged: Promise<T> | undefined;
  return () => {
    arranged ??= arrange();
    return arranged;
  };
}

const print = (line: string) => process.stdout.write(`${line}\n`);

/** An event's record, as the table has it. */
async function recordOf({ records }: Deployed, event: OrderEvent) {
  const Key = marshall({ id: idempotencyKey('troubled', event) });
  const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: records, Key, ConsistentRead: true }));
  return Item && unmarshall(Item);
}

/** Sends an order of another account all the time, as the emulator looks at an idle queue only once a second. */
function keepBusy(stack: Deployed) {
  const ending = new AbortController();
  const sent: { readonly account: string; readonly at: number }[] = [];
  const sending = (async () => {
    for (let n = 1; !ending.signal.aborted; n++) {
      const account = unique('account');
      sent.push({ account, at: Date.now() });
      await sendOrders(stack, [order(account, n)]);
      await delay(100);
    }
  })();
  return {
    async end(): Promise<void> {
      ending.abort();
      await sending;
    },
    /** How long the slowest of them took from here to its handler, of those that were sent between two times, in ms. */
    async slowest(from: number, to: number): Promise<number> {
      const meanwhile = sent.filter(({ at }) => at > from && at < to);
      const applied = await Promise.all(meanwhile.map(({ account }) => appliedOf(stack, account, 1)));
      return Math.max(...applied.map(([first], index) => Number(first?.at) - Number(meanwhile[index]?.at)));
    },
  };
}

// While anything else of the queue is in flight, a message that is visible again would wait for it.
itIf(
  'independentGroups',
  'a group is retried within 3 seconds and a delivery, in order, whatever the visibility timeout',
  async () => {
    // GIVEN a head that fails once, and nine behind it in its batch
    const account = unique('account');
    await sendAtOnce(patient, ordersOf(account, 10, { 1: 'fail-once' }));
    const traffic = keepBusy(patient);
    const applied = await appliedOf(patient, account, 10);
    await traffic.end();
    expect(applied.map(({ sequence }) => Number(sequence))).toEqual(upTo(10));
    const [failed] = await deliveries(patient, account, 11);
    const failedAt = Number(failed?.reason?.replace('failed at ', ''));
    const retriedAt = Number(applied[0]?.at);
    const wait = retriedAt - failedAt;
    print(`first retry after ${wait} ms, with a visibility timeout of 5 minutes and 9 followers`);
    // THEN it had to wait that long, and for what a delivery takes, which is the machine's affair
    expect(wait - (await traffic.slowest(failedAt, retriedAt))).toBeLessThan(3000);
  },
);

it('a group for which no time is left continues in the next invocation, in order', async () => {
  // GIVEN orders that together take longer than an invocation, the slowest first. After it there is time for three more,
  // but not for one like it. So seconds are left for a busy machine.
  const account = unique('account');
  const takes = Object.fromEntries(upTo(10).map((n) => [n, `take ${n === 1 ? 8000 : 1000}`]));
  await sendAtOnce(steady, ordersOf(account, 10, takes));
  const applied = await appliedOf(steady, account, 10);
  expect(applied.map(({ sequence }) => Number(sequence))).toEqual(upTo(10));
  expect(new Set(applied.map(({ invocation }) => invocation)).size).toBeGreaterThan(1);
  // THEN nothing was begun that there was no time to end
  expect(new Set(applied.map(({ process }) => process)).size).toBe(1);
  const found = await deliveries(steady, account, 10);
  expect(new Set(found.map(({ outcome }) => outcome))).toEqual(new Set(['applied']));
});

const batchCases = [1, 3, 10].flatMap((groups) => upTo(10).map((position) => ({ groups, position })));

/** Batch after batch, each with one order that is refused. */
const poisonSettled = once(async () => {
  const batches = batchCases.map(({ groups, position }) => {
    const accounts = upTo(groups).map(() => unique('account'));
    return upTo(10).map((n) => {
      const account = accounts[n % groups] as string;
      return order(account, n, n === position ? 'refuse' : undefined);
    });
  });
  await sendAtOnce(poisoned, batches.flat());
  await untilEmpty(poisoned);
  return { batches, letters: await lettersOf(poisoned) };
});

it.concurrent.each(
  batchCases,
)('poison in a batch of ten is given up alone: $groups groups, position $position', async (wanted) => {
  const { batches, letters } = await poisonSettled();
  const batch = batches[batchCases.indexOf(wanted)] ?? [];
  const poison = batch[wanted.position - 1];
  const accounts = new Set(batch.map(({ partitionkey }) => partitionkey));
  // THEN it is in the dead-letter queue with its reason, and nothing else of its batch
  expect(letters.filter(({ messageGroup }) => accounts.has(messageGroup))).toMatchObject([
    {
      id: poison?.id,
      messageGroup: poison?.partitionkey,
      reason: { code: 'PERMANENT', message: 'refused, as it asked for', sequence: poison?.sequence },
    },
  ]);
  // AND all others were applied in that very batch, in the order of their groups
  for (const account of accounts) {
    const others = batch.filter((event) => event.partitionkey === account && event !== poison);
    const applied = await appliedOf(poisoned, account);
    expect(applied.map(({ sequence }) => sequence)).toEqual(others.map(({ sequence }) => sequence));
  }
  const applied = await Promise.all([...accounts].map((account) => appliedOf(poisoned, account)));
  const invocations = new Set(applied.flat().map(({ invocation }) => invocation));
  const fullest = Math.max(...applied.flat().map(({ messages }) => messages));
  // A batch holds the messages of all groups, or those of one group.
  expect(invocations.size).toBe(can('wholeBatches') ? 1 : applied.filter(({ length }) => length > 0).length);
  expect(fullest).toBe(can('wholeBatches') ? 10 : Math.ceil(10 / wanted.groups));
});

it.concurrent('a group whose first event fails for 30 seconds is applied completely, in order', async () => {
  const [account, healthy] = [unique('account'), unique('account')];
  await sendOrders(recovering, [
    ...ordersOf(account, 6, { 1: `fail-until ${Date.now() + 30_000}` }),
    ...ordersOf(healthy, 3),
  ]);
  expect(await sequencesOf(recovering, healthy, 3)).toEqual(upTo(3));
  expect(await sequencesOf(recovering, account, 6)).toEqual(upTo(6));
  const found = await deliveries(recovering, account, 7);
  const outcomes = new Set(found.map(({ outcome }) => outcome));
  expect([...outcomes]).toEqual(['failed', 'applied']);
});

it.concurrent('a group of 1,000 is applied in order', async () => {
  const account = unique('account');
  const events = ordersOf(account, 1000);
  await sendAtOnce(plain, events);
  const begin = Date.now();
  await untilEmpty(plain);
  print(`a group of 1,000 messages drained in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  // If a busy machine cuts an invocation off after its commit, the emulator loses all or some of its lines. The next
  // delivery of each such message tells that it was applied, but not when.
  const own = async () => {
    const all = await readDeliveries(logs, plain.functionName);
    return all.filter(
      ({ messageGroup, messageId, outcome, appliedWith }) =>
        messageGroup === account && (outcome === 'applied' || appliedWith === messageId),
    );
  };
  const sequences = (found: Awaited<ReturnType<typeof own>>) => found.map(({ sequence }) => Number(sequence));
  const found = await eventually(own, (so) => new Set(sequences(so)).size >= 1000);
  expect(new Set(sequences(found))).toEqual(new Set(upTo(1000)));
  const timely = sequences(found.filter(({ outcome }) => outcome === 'applied'));
  expect(timely).toEqual([...new Set(timely)].sort((a, b) => a - b));
  const Key = marshall({ account });
  const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: plain.ledger, Key }));
  expect(Item?.orders).toEqual({ N: '1000' });
});

it.concurrent('a group of events of 100 KB is applied in order', async () => {
  const account = unique('account');
  const line = { sku: '85123A', description: 'x'.repeat(100_000), quantity: 1, unitPrice: 10.1 };
  const events = ordersOf(account, 10).map((event) => ({
    ...event,
    data: { ...event.data, lines: [line] },
  }));
  await sendOrders(plain, events);
  const found = await deliveries(plain, account, 10);
  expect(found.map(({ outcome, sequence }) => [outcome, Number(sequence)])).toEqual(
    upTo(10).map((n) => ['applied', n]),
  );
  const Key = marshall({ orderId: events[9]?.subject });
  const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: plain.orders, Key }));
  expect(unmarshall(Item ?? {})).toMatchObject({ lines: [line] });
  const ledger = await dynamoDb.send(
    new GetItemCommand({ TableName: plain.ledger, Key: marshall({ account }) }),
  );
  expect(ledger.Item?.orders).toEqual({ N: '10' });
});

it.concurrent('a message that ends its process each time is given up alone, and the nine healthy messages of its batch are applied once', async () => {
  const accounts = upTo(10).map(() => unique('account'));
  const heads = accounts.map((account, index) => order(account, 1, index === 4 ? 'end' : undefined));
  const begin = Date.now();
  await sendAtOnce(deadly, heads);
  await untilEmpty(deadly);
  print(`a message that ends its process was given up after ${((Date.now() - begin) / 1000).toFixed(0)} s`);
  expect(await lettersOf(deadly)).toMatchObject([
    {
      id: heads[4]?.id,
      reason: {
        code: 'ATTEMPTS_EXHAUSTED',
        attempts: 5,
        message: expect.stringContaining('The process ended before the attempt finished'),
      },
    },
  ]);
  const applied = await Promise.all(accounts.map((account) => sequencesOf(deadly, account)));
  expect(applied).toEqual(accounts.map((_, index) => (index === 4 ? [] : [1])));
});

it.concurrent('a handler that ignores its signal is ended with its process and called again, without an effect on its batch', async () => {
  // GIVEN a group whose second order never ends the first time, and a group beside it
  const [account, other] = [unique('account'), unique('account')];
  await sendAtOnce(ignoring, [...ordersOf(account, 3, { 2: 'hang-once' }), ...ordersOf(other, 3)]);
  const applied = await appliedOf(ignoring, account, 3);
  expect(applied.map(({ sequence }) => sequence)).toEqual(['1', '2', '3']);
  // THEN what was done stays done, and what was pending is done by another process
  const [before, ...after] = applied;
  expect(after.map(({ process }) => process)).not.toContain(before?.process);
  const others = await appliedOf(ignoring, other, 3);
  expect(others.map(({ sequence }) => sequence)).toEqual(['1', '2', '3']);
  // In a batch of both groups, the process that was ended had done all of the other one.
  if (can('wholeBatches'))
    expect(new Set(others.map(({ process }) => process))).toEqual(new Set([before?.process]));
  // AND left the queue with the process that did it
  await untilEmpty(ignoring);
  const found = [...(await deliveries(ignoring, account, 2)), ...(await deliveries(ignoring, other, 0))];
  expect(found.filter(({ outcome }) => outcome === 'duplicate')).toEqual([]);
});

const steps = ['before-copy', 'after-copy', 'after-record'] as const;

/**
 * One group for each step, with one order behind the poison, and one after the other: the end of one takes the process of
 * all, and another may be just past its own step then.
 */
function endAtEachStep(stack: Deployed) {
  return once(async () => {
    const groups = steps.map((step) => ordersOf(unique('account'), 2, { 1: `refuse ${step}` }));
    for (const group of groups) {
      await sendOrders(stack, group);
      await untilEmpty(stack);
    }
    return { groups, letters: await lettersOf(stack) };
  });
}

const crashes = [
  { guarantee: 'exactly once', stack: crashing, ended: endAtEachStep(crashing) },
  { guarantee: 'at least once', stack: outside, ended: endAtEachStep(outside) },
].flatMap((crash) => steps.map((step) => ({ ...crash, step })));

it.concurrent.each(
  crashes,
)('poison whose process ends while it is given up is given up once, and its group continues: $step, $guarantee', async ({
  stack,
  ended,
  step,
}) => {
  const { groups, letters } = await ended();
  const [poison, next] = groups[steps.indexOf(step)] as [OrderEvent, OrderEvent];
  // GIVEN that its process did end there
  const Key = marshall({ orderId: `${step} of ${poison.id}` });
  expect((await dynamoDb.send(new GetItemCommand({ TableName: stack.orders, Key }))).Item).toBeDefined();
  // THEN
  expect(letters.filter(({ messageGroup }) => messageGroup === poison.partitionkey)).toMatchObject([
    { id: poison.id, reason: { code: 'PERMANENT', message: 'refused, as it asked for' } },
  ]);
  expect(await recordOf(stack, poison)).toMatchObject({ status: 'QUARANTINED' });
  expect(await sequencesOf(stack, next.partitionkey)).toEqual([2]);
});

it.concurrent('during an outage of the store of a minute no message is given up, and every group continues in order', async () => {
  const accounts = upTo(3).map(() => unique('account'));
  await reachStore(cutOff, false);
  const end = Date.now() + outage;
  await sendOrders(
    cutOff,
    accounts.flatMap((account) => ordersOf(account, 5)),
  );
  for (const account of accounts) await deliveries(cutOff, account, 1);
  await delay(end - Date.now());
  await reachStore(cutOff, true);
  const back = Date.now();
  await untilEmpty(cutOff);
  print(`after an outage of 60 s all groups were done within ${((Date.now() - back) / 1000).toFixed(0)} s`);
  for (const account of accounts) expect(await sequencesOf(cutOff, account)).toEqual(upTo(5));
  expect(await lettersOf(cutOff)).toEqual([]);
  const failed = (await readDeliveries(logs, cutOff.functionName)).filter(
    ({ outcome }) => outcome === 'failed',
  );
  expect(failed.length).toBeGreaterThan(accounts.length);
  expect(failed.filter(({ attempts }) => attempts !== undefined)).toEqual([]);
});

it.concurrent('an event that is redriven within 5 minutes is refused, then runs, then is a duplicate, each time with the same key', async () => {
  const account = unique('account');
  const [poison, next] = ordersOf(account, 2, { 1: 'refuse-until-mended' }) as [OrderEvent, OrderEvent];
  const letters = async (enough: number) => {
    const ofGroup = async () =>
      (await lettersOf(steady)).filter(({ messageGroup }) => messageGroup === account);
    return await eventually(ofGroup, ({ length }) => length >= enough);
  };
  const redrive = async () => {
    const [letter] = await letters(1);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: steady.queueUrl,
        MessageBody: letter?.body,
        MessageGroupId: account,
        // A new one each time: with the old one the queue would swallow it.
        MessageDeduplicationId: unique('redrive'),
      }),
    );
  };
  await sendOrders(steady, [poison, next]);
  expect(await sequencesOf(steady, account, 1)).toEqual([2]);
  // WHEN it is redriven before the handler is mended, and twice afterwards
  await redrive();
  expect(await letters(2)).toMatchObject([{ id: poison.id }, { id: poison.id }]);
  expect(await recordOf(steady, poison)).toMatchObject({ status: 'QUARANTINED' });
  await mend(steady, account);
  await redrive();
  await redrive();
  // THEN
  const found = await deliveries(steady, account, 5);
  expect(found.map(({ outcome }) => outcome)).toEqual([
    'poison',
    'applied',
    'poison',
    'applied',
    'duplicate',
  ]);
  expect(await sequencesOf(steady, account)).toEqual([2, 1]);
  expect(await letters(2)).toHaveLength(2);
  expect(await recordOf(steady, poison)).toMatchObject({
    status: 'COMPLETED',
    message_id: found[3]?.messageId,
  });
});
