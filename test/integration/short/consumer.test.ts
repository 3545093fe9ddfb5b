import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { readDeliveries } from '../../../lab/observe/deliveries.ts';
import { peek } from '../../../local/queues/queue.ts';
import { anOrder } from '../../support/orders.ts';
import { sqsEvent, sqsRecord } from '../../support/sqs.ts';
import type { Deployed } from '../deployment/connection.ts';
import {
  arriving,
  connection,
  deliveries,
  dynamoDb,
  eventually,
  lambda,
  logs,
  send,
  sqs,
  unique,
} from '../support.ts';

const { main, variants } = connection;
const { faulty } = variants;

/** Orders of one account, each of 10.10, in sequence. */
function orders(account: string, count: number, customerId?: string) {
  return Array.from({ length: count }, (_, index) =>
    anOrder(
      { subject: unique('order'), partitionkey: account, sequence: String(index + 1) },
      { total: 10.1, ...(customerId !== undefined && index === 0 && { customerId }) },
    ),
  );
}

async function ledgerOf({ ledger }: Deployed, account: string) {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: ledger, Key: { account: { S: account } }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : unmarshall(Item, { wrapNumbers: String as never });
}

const appliedEvents = (found: readonly { outcome: string; eventId?: string }[]) =>
  found.filter(({ outcome }) => outcome === 'applied').map(({ eventId }) => eventId);

describe('a consumer behind its queue', () => {
  it("applies an event once that is sent again after the broker's window", async () => {
    const account = unique('account');
    const [body] = orders(account, 1);
    await send(main, { body, group: account });
    await deliveries(main, account, 1);
    // WHEN it comes under another deduplication id, which is all that a broker knows once its window closed
    await send(main, { body, group: account, deduplicationId: unique('late') });
    const found = await deliveries(main, account, 2);
    // THEN the ledger grew once, to the penny
    expect(found.map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate']);
    await expect(ledgerOf(main, account)).resolves.toMatchObject({ spent: '10.1', orders: '1' });
  });

  it('sends poison in the middle of a group to the dead-letter queue, and keeps the order of the rest', async () => {
    const account = unique('account');
    const [first, second, third] = orders(account, 3);
    const poison = JSON.stringify({ ...second, source: undefined });
    await send(
      main,
      { body: first, group: account },
      { body: poison, group: account },
      { body: third, group: account },
    );
    const found = await deliveries(main, account, 3);
    expect(found.map(({ outcome }) => outcome)).toEqual(['applied', 'poison', 'applied']);
    expect(appliedEvents(found)).toEqual([first?.id, third?.id]);
    const letters = (await peek(sqs, main.deadLetterQueueUrl)).filter(
      ({ messageGroup }) => messageGroup === account,
    );
    expect(letters).toEqual([
      {
        body: arriving(poison),
        messageGroup: account,
        reason: expect.objectContaining({ code: 'INVALID_EVENT', field: 'source' }),
      },
    ]);
  });

  it('sends a conflict to the dead-letter queue with both fingerprints', async () => {
    const account = unique('account');
    const [body] = orders(account, 1);
    const other = { ...body, data: { ...body?.data, total: 99 } };
    await send(main, { body, group: account }, { body: other, group: account });
    const found = await deliveries(main, account, 2);
    expect(found.map(({ outcome }) => outcome)).toEqual(['applied', 'conflict']);
    await expect(ledgerOf(main, account)).resolves.toMatchObject({ spent: '10.1', orders: '1' });
    const letters = (await peek(sqs, main.deadLetterQueueUrl)).filter(
      ({ messageGroup }) => messageGroup === account,
    );
    expect(letters[0]?.reason?.fingerprints?.applied).not.toBe(letters[0]?.reason?.fingerprints?.received);
  });

  it('applies the rest of a partly failed batch, in order, when it is delivered again', async () => {
    // GIVEN a group whose head fails the first time, and one that is healthy
    const [failing, healthy] = [unique('account'), unique('account')];
    const heads = orders(failing, 3, 'fail-first');
    const others = orders(healthy, 3);
    await send(
      faulty,
      ...heads.flatMap((body, index) => [
        { body, group: failing },
        { body: others[index], group: healthy },
      ]),
    );
    // THEN every event is applied once and in order
    const found = await deliveries(faulty, failing, 4);
    expect(found[0]).toMatchObject({ outcome: 'failed', reason: 'the first try fails' });
    expect(appliedEvents(found)).toEqual(heads.map(({ id }) => id));
    expect(appliedEvents(await deliveries(faulty, healthy, 3))).toEqual(others.map(({ id }) => id));
    for (const account of [failing, healthy]) {
      await expect(ledgerOf(faulty, account)).resolves.toMatchObject({ spent: '30.3', orders: '3' });
    }
  });

  it('applies an event once if its process died between the receive and the commit', async () => {
    const account = unique('account');
    const events = orders(account, 3, 'die-first');
    await send(faulty, ...events.map((body) => ({ body, group: account })));
    const found = await deliveries(faulty, account, 3);
    expect(appliedEvents(found)).toEqual(events.map(({ id }) => id));
    expect(found[0]?.receiveCount).toBeGreaterThan(1);
    await expect(ledgerOf(faulty, account)).resolves.toMatchObject({ spent: '30.3', orders: '3' });
  });

  it('ends a handler that would outlive its invocation, and keeps the settled messages before it', async () => {
    // GIVEN a group whose second order never ends the first time
    const account = unique('account');
    const events = [...orders(account, 1), ...orders(account, 2, 'hang-first')];
    await send(faulty, ...events.map((body) => ({ body, group: account })));
    // THEN all are applied in order, and the first one did not come again
    const found = await eventually(
      () => deliveries(faulty, account, 3),
      (lines) => appliedEvents(lines).length >= 3,
    );
    expect(appliedEvents(found)).toEqual(events.map(({ id }) => id));
    expect(found.filter(({ eventId }) => eventId === events[0]?.id)).toMatchObject([{ receiveCount: 1 }]);
    await expect(ledgerOf(faulty, account)).resolves.toMatchObject({ spent: '30.3', orders: '3' });
  });

  it('lets one of 50 simultaneous deliveries win', async () => {
    const account = unique('account');
    const [body] = orders(account, 1);
    // WHEN 50 processes get the same event at the same time
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        lambda.send(
          new InvokeCommand({
            FunctionName: main.functionName,
            Payload: Buffer.from(
              JSON.stringify(
                sqsEvent(
                  sqsRecord(body, { messageId: unique(`m${index}`), group: account, sentAt: Date.now() }),
                ),
              ),
            ),
          }),
        ),
      ),
    );
    // THEN all of them acknowledge it, and one has applied it
    const responses = answers.map(({ Payload }) => JSON.parse(Buffer.from(Payload ?? []).toString()));
    expect(responses).toEqual(Array(50).fill({ batchItemFailures: [] }));
    const winners = (await readDeliveries(logs, main.functionName)).filter(
      ({ messageGroup, outcome }) => messageGroup === account && outcome === 'applied',
    );
    expect(winners.length).toBeLessThanOrEqual(1);
    await expect(ledgerOf(main, account)).resolves.toMatchObject({ spent: '10.1', orders: '1' });
  });
});
