import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { InvalidEventError } from '../../../contract/errors.ts';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import type { CloudEvent } from '../../../contract/event/event-parser.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { PublishError, publish } from '../../../publisher/index.ts';
import { type PublishToOptions, publishTo } from '../../../publisher/publish.ts';
import { FakeTopic } from './support/fake-topic.ts';
import { order, orders, toLines } from './support/orders.ts';
import { seededRandom } from './support/seeded-random.ts';
import { VirtualClock } from './support/virtual-clock.ts';

function setUp(seed = 1) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const topic = new FakeTopic(clock, random);
  const run = <Event extends CloudEvent = OrderEvent>(
    lines: Iterable<string> | AsyncIterable<string>,
    options: PublishToOptions<Event> = {},
  ) =>
    publishTo<Event>(topic, lines, {
      clock,
      random,
      parse: (line) => parseOrderEvent({ body: line }) as CloudEvent as Event,
      ...options,
    });
  return { clock, random, topic, run };
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

async function failureOf(promise: Promise<unknown>): Promise<PublishError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PublishError);
  return error as PublishError;
}

/** The orders that reached the topic, in their order. */
function subjects(topic: FakeTopic): unknown[] {
  return topic.delivered.map(({ entry }) => JSON.parse(entry.body).subject);
}

describe('publish', () => {
  test('sends each event as canonical JSON, in its partition key’s group, with the time of its first publication', async () => {
    // GIVEN an event whose members stand in no order
    const { clock, topic, run } = setUp();
    const started = clock.now();
    const { id, ...rest } = order(1);
    // WHEN it is published
    const summary = await run(toLines([{ ...rest, id }]));
    // THEN
    expect(topic.accepted).toHaveLength(1);
    expect(topic.accepted[0]?.entry).toEqual({
      line: 1,
      body: canonicalJson(order(1)),
      messageGroup: 'customer-1',
      deduplicationId: undefined,
      firstPublished: started,
    });
    expect(summary).toEqual({ events: 1, skipped: 0, requests: 1, retries: 0 });
  });

  test('calls onPublished for each published event, in its group’s order', async () => {
    // GIVEN a topic that fails at random
    const { topic, run } = setUp();
    topic.faults = { entryFails: 0.3, answerLost: 0.1 };
    const told: [OrderEvent, number][] = [];
    // WHEN orders of three customers are published
    const onPublished = (event: OrderEvent, line: number) => void told.push([event, line]);
    const summary = await run(toLines(orders(60)), { onPublished });
    // THEN each was told of once, with its line
    expect(summary.events).toBe(60);
    expect(summary.retries).toBeGreaterThan(0);
    for (const customer of [0, 1, 2]) {
      const lines = told.map(([, line]) => line).filter((line) => (line - 1) % 3 === customer);
      expect(lines).toEqual(Array.from({ length: 20 }, (_, n) => n * 3 + customer + 1));
    }
    expect(told.every(([event, line]) => event.subject === `order-${line - 1}`)).toBe(true);
  });

  test('skips blank lines, and counts them in line numbers', async () => {
    // GIVEN blank lines around the events, and an invalid one behind them
    const { topic, run } = setUp();
    const [first = '', second = ''] = toLines(orders(2));
    // WHEN they are published
    const error = await failureOf(run(['', first, '  \r', second, '', 'no event']));
    // THEN
    expect(subjects(topic).toSorted()).toEqual(['order-0', 'order-1']);
    expect(error.line).toBe(6);
  });

  test('publishes nothing from an empty input', async () => {
    const { topic, run } = setUp();
    expect(await run([])).toEqual({ events: 0, skipped: 0, requests: 0, retries: 0 });
    expect(topic.requests).toEqual([]);
  });

  describe('an invalid event', () => {
    test('is refused with its line, its field and the parser’s error, after the earlier lines are published', async () => {
      // GIVEN an event without a total at line 31, and a topic that fails at random
      const { topic, run } = setUp();
      topic.faults = { entryFails: 0.3 };
      const invalid = { ...order(30), data: { ...order(30).data, total: undefined } };
      // WHEN it is published among others
      const error = await failureOf(run(toLines([...orders(30), invalid, order(31)])));
      // THEN what came before is there, and nothing behind it
      expect(error).toMatchObject({ code: 'INVALID_LINE', line: 31, field: 'data.total' });
      expect(error.cause).toBeInstanceOf(InvalidEventError);
      expect(error.message).toBe('Line 31: not a valid event: data.total: is missing');
      expect(subjects(topic).toSorted()).toEqual(
        orders(30)
          .map(({ subject }) => subject)
          .toSorted(),
      );
    });

    test.each([
      ['not JSON', '{"specversion":'],
      ['an SNS envelope', JSON.stringify({ TopicArn: 'arn', Message: '{}' })],
      [
        'a number that would be rounded',
        JSON.stringify(order(1)).replace('1.5', '0.12345678901234567890123'),
      ],
    ])('is refused: %s', async (_, line) => {
      const { run, topic } = setUp();
      expect(await failureOf(run([line]))).toMatchObject({ code: 'INVALID_LINE', line: 1 });
      expect(topic.requests).toEqual([]);
    });

    test.each([
      'source',
      'id',
      'partitionkey',
    ])('is refused if a parser accepts it without its %s, because all such events would be one', async (name) => {
      const { run } = setUp();
      const line = JSON.stringify({ ...order(1), [name]: undefined });
      const error = await failureOf(
        run([line], { parse: (body) => JSON.parse(body), deduplication: 'event' }),
      );
      expect(error).toMatchObject({ code: 'INVALID_LINE', line: 1, field: name });
    });
  });

  test('accepts any CloudEvents event with a partition key if there is no parser', async () => {
    const { topic, clock, random } = setUp();
    const event = { ...order(1), type: 'seat.booked', data: { seat: 'K12' }, sequence: undefined };
    await publishTo(topic, toLines([event as never]), { clock, random });
    expect(topic.delivered.map(({ entry }) => JSON.parse(entry.body).type)).toEqual(['seat.booked']);
    const refused = publishTo(topic, toLines([{ ...event, source: undefined } as never]), { clock, random });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_LINE' });
  });

  test('publishes events of another type with their own parser', async () => {
    // GIVEN a parser of another event
    const { topic, run } = setUp();
    interface Shipped extends CloudEvent {
      data: { parcel: string };
    }
    const parse = (body: string) => JSON.parse(body) as Shipped;
    const parcels: string[] = [];
    const event = { ...order(1), type: 'order.shipped', data: { parcel: 'p-1' } };
    // WHEN one is published
    await run<Shipped>(toLines([event]), {
      parse,
      onPublished: ({ data }) => void parcels.push(data.parcel),
    });
    // THEN
    expect(parcels).toEqual(['p-1']);
    expect(topic.delivered).toHaveLength(1);
  });

  describe('deduplication', () => {
    test('content: the same event with another order of members is one message, with another time it is two', async () => {
      const { topic, run } = setUp();
      const { id, ...rest } = order(1);
      await run(toLines([order(1), { ...rest, id }, { ...order(1), time: '2026-01-01T00:00:00Z' }]));
      expect(topic.accepted).toHaveLength(3);
      expect(topic.delivered).toHaveLength(2);
    });

    test('event: two events with the same source and id are one message, whatever their content', async () => {
      const { topic, run } = setUp();
      await run(toLines([order(1), { ...order(1), time: '2026-01-01T00:00:00Z' }, order(4)]), {
        deduplication: 'event',
      });
      expect(topic.accepted).toHaveLength(3);
      expect(subjects(topic)).toEqual(['order-1', 'order-4']);
    });

    test('event: no two pairs of source and id share a deduplication id', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(
            fc.tuple(fc.string({ minLength: 1 }).map(encodeURIComponent), fc.string({ minLength: 1 })),
            {
              selector: ([source, id]) => JSON.stringify([source, id]),
              maxLength: 20,
            },
          ),
          async (pairs) => {
            // GIVEN events of different identity, and those of one text cut in two places
            const identities = [
              ...pairs,
              ['a', 'b#c'],
              ['a#b', 'c'],
              ['a', ',b'],
              ['a,', 'b'],
              ["a','b", 'c'],
              ['a', "b','c"],
            ];
            const { topic, run } = setUp();
            // WHEN they are published
            await run(toLines(identities.map(([source, id]) => ({ ...order(1), source, id }))), {
              deduplication: 'event',
            });
            // THEN
            const ids = new Set(topic.accepted.map(({ entry }) => entry.deduplicationId));
            expect(ids.size).toBe(new Set(identities.map((identity) => JSON.stringify(identity))).size);
          },
        ),
        { numRuns: 50 },
      );
    });

    test('a key function: events with equal keys are one message, and the id is the key’s SHA-256', async () => {
      const { topic, run } = setUp();
      const key = 'é '.repeat(200);
      const deduplication = ({ subject }: OrderEvent) => (subject === 'order-7' ? 'another' : key);
      await run(toLines([order(1), order(4), order(7)]), { deduplication });
      expect(subjects(topic)).toEqual(['order-1', 'order-7']);
      expect(topic.accepted[0]?.entry.deduplicationId).toBe(sha256(key));
    });

    test.each([
      ['no key', () => undefined as unknown as string, /got undefined$/],
      ['an empty key', () => '', /got ""$/],
      ['a number', () => 7 as unknown as string, /got 7$/],
      [
        'an error',
        () => {
          throw new Error('no such field');
        },
        /no such field$/,
      ],
    ])('a key function that returns %s is refused with the line', async (_, broken, message) => {
      const { topic, run } = setUp();
      const deduplication = (event: OrderEvent) =>
        event.subject === 'order-2' ? broken() : `${event.subject}`;
      const error = await failureOf(run(toLines(orders(5)), { deduplication }));
      expect(error).toMatchObject({ code: 'NO_DEDUPLICATION_KEY', line: 3 });
      expect(error.message).toMatch(message);
      expect(subjects(topic).toSorted()).toEqual(['order-0', 'order-1']);
    });
  });

  describe('message group', () => {
    const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

    test.each([
      ['letters and digits', 'Customer42'],
      ['all punctuation that SNS takes', punctuation],
      ['128 characters', 'x'.repeat(128)],
    ])('is the partition key itself: %s', async (_, partitionkey) => {
      const { topic, run } = setUp();
      await run(toLines([{ ...order(1), partitionkey }]));
      expect(topic.accepted[0]?.entry.messageGroup).toBe(partitionkey);
    });

    test.each([
      ['129 characters', 'x'.repeat(129)],
      ['a blank', 'customer 42'],
      ['a line feed at its end', 'customer\n'],
      ['a letter beyond ASCII', 'kundé'],
      ['a control character', 'a\u007f'],
    ])('is the partition key’s SHA-256: %s', async (_, partitionkey) => {
      const { topic, run } = setUp();
      await run(toLines([{ ...order(1), partitionkey }]));
      expect(topic.accepted[0]?.entry.messageGroup).toBe(sha256(partitionkey));
    });
  });

  test('does not wait for a pending input after publishing has failed', async () => {
    // GIVEN an input that gives an event and then nothing, and a topic that refuses it
    const { topic, run } = setUp();
    topic.refuses = () => true;
    let closed = false;
    const input: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => {
        const lines = toLines([order(1)]);
        return {
          next: () => {
            const value = lines.shift();
            return value === undefined ? new Promise(() => {}) : Promise.resolve({ done: false, value });
          },
          return: () => {
            closed = true;
            return Promise.resolve({ done: true, value: undefined });
          },
        };
      },
    };
    // WHEN it is published
    const error = await failureOf(run(input));
    // THEN it rejects, and lets go of the input
    expect(error.code).toBe('REFUSED');
    expect(closed).toBe(true);
  });

  test.each([
    'arn:aws:sns:eu-west-1:123456789012:orders',
    'arn:aws:sqs:eu-west-1:123456789012:orders.fifo',
    'orders.fifo',
    '',
  ])('refuses a topic that is not FIFO: "%s"', async (topicArn) => {
    await expect(publish([], { topicArn })).rejects.toMatchObject({ code: 'CONFIGURATION' });
  });
});
