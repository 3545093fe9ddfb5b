import { setTimeout as delay } from 'node:timers/promises';
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { maxEventSizes } from '../../../contract/event/event-size.ts';
import { fitsTopic, publish, publishEvent, snsTopic } from '../../../publisher/index.ts';
import { sizeOf } from '../../../publisher/topic/entry.ts';
import { readMaxEventSize } from '../../../publisher/topic/read-max-event-size.ts';
import { anEvent } from '../../../testing/index.ts';

const topicArn = 'arn:aws:sns:eu-west-1:111111111111:events.fifo';

/** An SNS that accepts everything, and the sizes of its requests in bytes. */
function anySns() {
  const sizes: number[] = [];
  const client = new SNSClient({ region: 'eu-west-1' });
  client.send = async (command: unknown) => {
    if (!(command instanceof PublishBatchCommand)) throw new Error('Only batches are published');
    const entries = command.input.PublishBatchRequestEntries ?? [];
    await delay(5);
    sizes.push(entries.reduce((sum, { Message = '' }) => sum + Message.length, 0));
    return { Successful: entries.map(({ Id }) => ({ Id })) };
  };
  return { client, sizes };
}

/** An event of a group of its own whose body has about this many bytes. */
const eventOf = (id: number, bytes: number) =>
  anEvent({ type: 'seat.booked', id: String(id), partitionkey: String(id), data: 'x'.repeat(bytes) });
const lines = (...events: readonly object[]) => events.map((event) => JSON.stringify(event));

test('an event above 256 KiB is refused, unless the topic accepts it', async () => {
  const { client, sizes } = anySns();
  const large = lines(eventOf(1, 300_000));
  await expect(publish(large, { topicArn, client })).rejects.toThrow(
    /the entry has 300\d+ bytes with its attributes, and the topic accepts 262144: make the event smaller/,
  );
  await expect(publish(large, { topicArn, client, maxEventSize: 400_000 })).resolves.toMatchObject({
    events: 1,
  });
  expect(sizes).toHaveLength(1);
});

test('a request has no more bytes than an event may have', async () => {
  const { client, sizes } = anySns();
  const events = Array.from({ length: 60 }, (_, id) => eventOf(id, 120_000));
  await publish(lines(...events), { topicArn, client, maxEventSize: maxEventSizes.most });
  expect(Math.max(...sizes)).toBeLessThanOrEqual(maxEventSizes.most);
  expect(Math.max(...sizes)).toBeGreaterThan(800_000);
});

test('a single event fits a topic up to the byte', async () => {
  const { client } = anySns();
  const single = { event: eventOf(1, 300_000), firstPublished: 1_767_225_600_000 };
  const body = JSON.stringify(single.event);
  const bytes = sizeOf({ line: 1, body, messageGroup: '1', firstPublished: single.firstPublished });
  const topic = (maxEventSize: number) => snsTopic(topicArn, client, { maxEventSize });
  expect(fitsTopic(single)).toBe(false);
  expect(fitsTopic(single, topic(bytes))).toBe(true);
  expect(fitsTopic(single, topic(bytes - 1))).toBe(false);
  await expect(publishEvent(topic(bytes), single)).resolves.toBeUndefined();
  await expect(publishEvent(topic(bytes - 1), single)).rejects.toThrow(`the topic takes ${bytes - 1} bytes`);
});

test.each([
  1023,
  1_048_576,
  2.5,
  '262144',
])('a size of %p fails with the sizes that the option can have', async (maxEventSize) => {
  await expect(publish([], { topicArn, maxEventSize: maxEventSize as number })).rejects.toThrow(
    'it must be a whole number of bytes from 1024 to 1032192',
  );
});

describe('the command that publishes a file', () => {
  test.each([
    ['500000', 500_000],
    // A topic of somebody else: the copy of a dead letter would not fit.
    ['1048576', maxEventSizes.most],
    [undefined, undefined],
  ])('reads the size from the topic: %s is %s', async (MaximumMessageSize, expected) => {
    const client = { send: async () => ({ Attributes: { MaximumMessageSize } }) };
    await expect(readMaxEventSize(client as never, topicArn)).resolves.toBe(expected);
  });

  test('goes on with the default of SNS if it may not read the size', async () => {
    const client = { send: () => Promise.reject(new Error('AuthorizationError')) };
    await expect(readMaxEventSize(client as never, topicArn)).resolves.toBeUndefined();
  });
});
