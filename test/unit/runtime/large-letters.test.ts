import type { SQSRecord } from 'aws-lambda';
import { maxEventSizes } from '../../../contract/event/event-size.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce } from '../../../runtime/index.ts';
import { fitAttributes, sizeOf } from '../../../runtime/settlement/dead-letter-attributes.ts';
import { checkTaken } from '../../fuzz/oracles/sqs-limits.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const mostBytes = 1024 * 1024;

/** A consumer whose dead-letter queue is as strict as SQS, and set to a size of its own. */
function consumerOf(most = mostBytes) {
  const wiring: FakeWiring = fakeWiring({
    deadLetters: {
      async send(letter) {
        checkTaken(letter);
        if (letter.body.length > most) {
          const reason = `Message must be shorter than ${most} bytes.`;
          throw new Error(`One or more parameters are invalid. Reason: ${reason}`);
        }
        wiring.letters.push(letter);
      },
    },
  });
  const handler = createConsumer(
    { name: 'fulfilment', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
    wiring,
  );
  const takeRecord = (record: SQSRecord) => handler(sqsEvent(record), remaining());
  return { wiring, takeRecord, take: (body: string) => takeRecord(sqsRecord(body)) };
}

it.each([
  -300, -100, 0,
])('poison of nearly 1 MiB is copied to the dead-letter queue: %d bytes', async (more) => {
  const { wiring, take } = consumerOf();
  const body = 'x'.repeat(mostBytes + more);
  await expect(take(body)).resolves.toEqual({ batchItemFailures: [] });
  expect(body.startsWith(wiring.letters[0]?.body ?? '-')).toBe(true);
});

it('the largest event that a topic can accept is copied whole, with its attributes and the reason', async () => {
  const { wiring, takeRecord } = consumerOf();
  const tenant = { dataType: 'String', stringValue: 't'.repeat(1000) } as const;
  const attributes = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => [name, tenant]),
  );
  const ofAttributes = 8 * (1 + 'String'.length + 1000);
  const body = 'x'.repeat(maxEventSizes.most - ofAttributes);
  await takeRecord(sqsRecord(body, { attributes }));
  const [letter] = wiring.letters;
  expect(letter?.body).toBe(body);
  expect(Object.keys(letter?.attributes ?? {})).toEqual(expect.arrayContaining(Object.keys(attributes)));
  const reason = JSON.parse(letter?.attributes['dead-letter-reason']?.StringValue ?? '');
  expect(reason).toMatchObject({ code: 'INVALID_JSON', message: expect.any(String) });
  expect(reason.originalBody).toBeUndefined();
});

it('a copy with the body of an unknown outcome names its record, however little room is left', () => {
  const why = {
    code: 'BODY_KEPT',
    consumer: 'billing',
    messageGroup: 'g',
    firstReceived: 1,
    message: 'm'.repeat(900),
  };
  const outcome = { recordId: 'billing#urn:test#1', attempt: 'a-1' };
  const attributes = { tenant: { dataType: 'String', stringValue: 'x'.repeat(100) } };
  for (const room of [2000, 400, 270]) {
    const fitted = fitAttributes(attributes, 1, { ...why, ...outcome }, room);
    expect(sizeOf(fitted.attributes)).toBeLessThanOrEqual(room);
    expect(JSON.parse(fitted.attributes['dead-letter-reason']?.StringValue ?? '')).toMatchObject(outcome);
  }
  // Its body matters more: it is in no other place.
  const { attributes: barest } = fitAttributes(attributes, 1, { ...why, ...outcome }, 170);
  expect(JSON.parse(barest['dead-letter-reason']?.StringValue ?? '')).toEqual({
    code: 'BODY_KEPT',
    consumer: 'billing',
    messageGroup: 'g',
    firstReceived: 1,
    omittedAttributes: 1,
  });
});

it('the log says that the copy of a body that is too large was cut', async () => {
  const { wiring, take } = consumerOf();
  await take('x'.repeat(mostBytes));
  expect(wiring.logged[0]).toMatchObject({ outcome: 'poison', code: 'INVALID_JSON' });
  expect(wiring.logged[0]?.reason).toMatch(
    /Its copy holds only the first \d+ of the 1048576 bytes of its body \(SHA-256 \w+\)\. Only its producer has the rest$/,
  );
});

it('poison is copied to a dead-letter queue whose size limit is below its body', async () => {
  const { wiring, take } = consumerOf(10_000);
  await expect(take('x'.repeat(20_000))).resolves.toEqual({ batchItemFailures: [] });
  expect(wiring.letters).toHaveLength(1);
  expect(wiring.logged[0]?.reason).toContain('of the 20000 bytes of its body');
});
