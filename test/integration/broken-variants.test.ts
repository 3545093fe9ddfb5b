import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { count } from '../../lab/observe/counts.ts';
import { readDeliveries } from '../../lab/observe/deliveries.ts';
import { checkRun } from '../../lab/verify/check-run.ts';
import { compare } from '../../lab/verify/compare.ts';
import { expectationOf } from '../../lab/verify/expectation.ts';
import { findInversions } from '../../lab/verify/inversions.ts';
import { lateAsSent } from '../../lab/verify/sequences.ts';
import { readTables } from '../../lab/verify/tables.ts';
import { planExtras } from '../../lab/workload/plan.ts';
import { TopicOrder } from '../../lab/workload/topic-order.ts';
import { anOrder } from '../support/orders.ts';
import { sqsEvent, sqsRecord } from '../support/sqs.ts';
import type { Deployed } from './deployment/connection.ts';
import { connection, deliveries, dynamoDb, lambda, logs, send, unique } from './support.ts';

/*
 * Each of these is broken on purpose, in one place. What the tests expect is that the verifier sees it: a check that
 * stays green over a broken stack proves nothing over a sound one.
 */

const { main, unmended, variants } = connection;

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function* numbered(events: readonly OrderEvent[]) {
  for (const [index, event] of events.entries()) yield { event, line: index + 1 };
}

async function verify(stack: Deployed, events: readonly OrderEvent[]) {
  return compare(await expectationOf(stream(events)), await readTables(dynamoDb, stack));
}

describe('the verifier', () => {
  const title = 'sees that the topic removes no duplicates, where its attributes were not mended';
  if (unmended === undefined) {
    it.skip(`${title} (the endpoint sets them at the deployment)`, () => {});
  } else {
    it(title, async () => {
      // GIVEN the stack as the emulator's CloudFormation leaves it
      const group = unique('account');
      const events = [anOrder({ subject: unique('order'), partitionkey: group })];
      await send(unmended, ...events.map((body) => ({ body, group })), { body: events[0], group });
      await deliveries(unmended, group, 2);
      // WHEN a run is judged that sent its event twice inside the window
      const plan = planExtras([1], { seed: 1, duplicates: 1, lateDuplicates: 0, poison: 0, conflicts: 0 });
      const problems = checkRun(await expectationOf(stream(events)), plan, {
        consumer: 'fulfilment',
        sent: 2,
        counts: count(await readDeliveries(logs, unmended.functionName)),
        deadLetters: 0,
        letters: [],
        unknown: 0,
        insideWindow: true,
      });
      expect(problems).toEqual([expect.stringContaining('is its content-based deduplication on?')]);
    });
  }

  it('reports an event that was applied twice, if the condition on its record is removed', async () => {
    const group = unique('account');
    const body = anOrder({ subject: unique('order'), partitionkey: group });
    await send(variants.unconditional, { body, group }, { body, group, deduplicationId: unique('late') });
    await deliveries(variants.unconditional, group, 2);
    await expect(verify(variants.unconditional, [body])).resolves.toMatchObject({ doubled: 1 });
  });

  it('reports items with an older version after late events, if the condition on their versions is removed', async () => {
    // GIVEN an order of three events, the first of which comes last
    const account = unique('account');
    const subject = unique('order');
    const [first, second, third] = ['1', '2', '3'].map((sequence) =>
      anOrder({ id: unique('event'), subject, partitionkey: account, sequence }, { total: Number(sequence) }),
    );
    const events = [second, third, first] as OrderEvent[];
    for (const stack of [main, variants.regressing]) {
      await send(stack, ...[second, third].map((body) => ({ body, group: account })));
      // In one batch they would be committed together, and no condition asked.
      await deliveries(stack, account, 2);
      await send(stack, { body: first, group: account });
    }
    // THEN nothing goes back in the sound stack, and the event is told to be late
    const sound = await deliveries(main, account, 3);
    expect(sound.map(({ outcome, stale }) => [outcome, stale])).toEqual([
      ['applied', undefined],
      ['applied', undefined],
      ['applied', 2],
    ]);
    const { orders, customers } = await readTables(dynamoDb, main);
    expect([orders.get(subject)?.sequence, customers.get(account)?.sequence]).toEqual([3n, 3n]);
    // AND the verifier sees that in the broken one both items did
    await deliveries(variants.regressing, account, 3);
    await expect(verify(variants.regressing, events)).resolves.toMatchObject({
      regressions: 2,
      missing: 0,
      late: 1,
      gaps: 0,
      problems: [
        `order ${subject} is at sequence 1, expected 3`,
        `customer ${account} is at sequence 1, expected 3`,
      ],
    });
  });

  it('reports a group that was handled out of order', async () => {
    // GIVEN an order that is placed and then cancelled
    const account = unique('account');
    const subject = unique('order');
    const events = [
      anOrder({ id: unique('event'), subject, partitionkey: account, sequence: '1' }),
      anOrder({
        id: unique('event'),
        subject,
        partitionkey: account,
        sequence: '2',
        type: 'order.cancelled',
      }),
    ];
    // WHEN the later one is given first, and in an invocation of its own: in one batch they may be committed together, at
    // one time
    const ids = [unique('message'), unique('message')];
    const order = new TopicOrder();
    const records = events.map((body, index) => {
      order.note(account, JSON.stringify(body), String(index));
      return sqsRecord(body, { messageId: ids[index] ?? '', group: account, sentAt: Date.now() });
    });
    for (const record of records.toReversed()) {
      const Payload = Buffer.from(JSON.stringify(sqsEvent(record)));
      await lambda.send(new InvokeCommand({ FunctionName: variants.reversed.functionName, Payload }));
    }
    // THEN nothing is lost of it, and log and records tell
    const logged = await deliveries(variants.reversed, account, 2);
    const [first, second] = events.map(({ id, sequence }) => `(event ${id}, sequence ${sequence})`);
    expect(findInversions(logged, order).problems).toEqual([
      `group ${account}: message ${ids[0]} ${first} was settled after message ${ids[1]} ${second}, ` +
        'which entered the queue later',
    ]);
    await expect(verify(variants.reversed, events)).resolves.toMatchObject({ late: 1, problems: [] });
    expect(await lateAsSent(numbered(events), new Set())).toBe(0);
  });
});
