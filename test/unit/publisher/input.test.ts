import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import type { SNSClient } from '@aws-sdk/client-sns';
import { InputError, type PublishOptions, publish, readLines } from '../../../publisher/index.ts';
import { fitsTopic, publishEvent, type SingleEvent } from '../../../publisher/publish-event.ts';
import { snsTopic } from '../../../publisher/topic/sns-topic.ts';
import { order, orders, toLines } from './support/orders.ts';

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:orders.fifo';
const sent: string[] = [];
/** It answers that every entry was taken. */
const client = {
  send: async ({ input }: { input: { PublishBatchRequestEntries: { Id: string; Message: string }[] } }) => {
    sent.push(...input.PublishBatchRequestEntries.map(({ Message }) => Message));
    return { Successful: input.PublishBatchRequestEntries.map(({ Id }) => ({ Id })) };
  },
  destroy: () => {},
} as unknown as SNSClient;
const given = (lines: unknown, options: object = {}) =>
  publish(lines as string[], { topicArn, client, ...options } as PublishOptions);
beforeEach(() => {
  sent.length = 0;
});

const bytes = Buffer.from('{"a":1}\n');
const event = order(1);
const takes =
  'publish takes lines: an iterable of strings, each one event as JSON. readLines(path) reads them from a file';

test.each<[string, unknown, string]>([
  ['the path of a file', 'orders.ndjson', 'The input is the string "orders.ndjson"'],
  ['nothing', undefined, 'The input is undefined'],
  ['null', null, 'The input is null'],
  ['a promise of lines', Promise.resolve(['{}']), 'The input is a promise'],
  ['an event instead of lines', event, 'The input is an object'],
  ['a generator that was not called', function* () {}, 'The input is a function'],
  ['a URL', new URL('file:///orders.ndjson'), 'The input is an object (URL)'],
  ['a number', 7, 'The input is the number 7'],
  ['bytes', bytes, 'Line 1 is the number 123'],
  ['a stream of bytes', Readable.from([bytes]), 'Line 1 is bytes'],
  ['a web stream of bytes', ReadableStream.from([new Uint8Array(bytes)]), 'Line 1 is bytes'],
  ['events instead of lines', [event], 'Line 1 is an object'],
  ['a list that holds null', [null], 'Line 1 is null'],
])('an input that is %s is refused with an error that names the value and the valid inputs', async (_, lines, problem) => {
  const error = await given(lines).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toContain(`${problem}; ${takes}`);
  expect(sent).toEqual([]);
});

test('a line that is not a string stops the run after the lines above it are published', async () => {
  await expect(given([...toLines(orders(2)), '', event])).rejects.toMatchObject({
    code: 'INPUT',
    message: expect.stringMatching(/^Line 4 is an object; .*JSON.stringify makes a line of an event$/),
  });
  expect(sent).toHaveLength(2);
});

test('pieces of text that are not lines are refused', async () => {
  const text = toLines(orders(3)).join('\n');
  const error = given(Readable.from([`${text}\n`]));
  await expect(error).rejects.toMatchObject({
    code: 'INVALID_LINE',
    message: expect.stringMatching(/^Line 1: not a valid event, and several lines of text instead of one: /),
  });
});

test('one string with an event over several lines of text counts as one line of the input', async () => {
  await expect(given([JSON.stringify(event, undefined, 2)])).resolves.toMatchObject({ events: 1 });
});

test('TypeScript refuses a string, which is an iterable of strings', () => {
  // @ts-expect-error: a string is not lines.
  const call = () => publish('orders.ndjson', { topicArn, client });
  expect(call).toBeInstanceOf(Function);
});

test.each([undefined, '', 7, new URL('file:///a')])('readLines(%p) is refused at once', (path) => {
  expect(() => readLines(path as string)).toThrow(
    expect.objectContaining({
      code: 'INPUT',
      message: expect.stringMatching(/^readLines takes the path of a file/),
    }),
  );
});

describe('an option of another type is refused before anything is sent', () => {
  test.each<[string, unknown, string]>([
    ['topicArn', undefined, 'topicArn: undefined is not the ARN of a FIFO topic'],
    ['topicArn', `${topicArn} `, 'is not the ARN of a FIFO topic'],
    ['topicArn', 'arn:aws:sqs:eu-west-1:123456789012:orders.fifo', 'is not the ARN of a FIFO topic'],
    ['client', 'eu-west-1', 'client is the string "eu-west-1"; it must be an SNSClient'],
    [
      'deduplication',
      'contents',
      'deduplication is the string "contents"; it must be "content", "event" or a function',
    ],
    ['deduplication', null, 'deduplication is null'],
    ['journal', '', 'journal is the string ""; it must be the path of a file'],
    ['journal', true, 'journal is the boolean true'],
    ['parse', 'json', 'parse is the string "json"; it must be a function'],
    ['onPublished', {}, 'onPublished is an object; it must be a function'],
    ['signal', new AbortController(), 'signal is an object (AbortController); it must be an AbortSignal'],
    ['clock', Date, 'clock is a function; it must be a clock'],
    ['random', () => 1, 'random is a function'],
  ])('%s: %p', async (name, value, message) => {
    await expect(given(toLines([event]), { [name]: value })).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining(message),
    });
    expect(sent).toEqual([]);
  });

  test('no options at all', async () => {
    const call = publish(toLines([event]), undefined as unknown as PublishOptions);
    await expect(call).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining('options are undefined'),
    });
  });
});

test.each([
  'arn:aws-eusc:sns:eusc-de-east-1:123456789012:orders.fifo',
  'arn:aws-cn:sns:cn-north-1:123456789012:orders.fifo',
  'arn:aws-us-gov:sns:us-gov-east-1:123456789012:orders.fifo',
  'arn:aws-iso-b:sns:us-isob-east-1:123456789012:orders.fifo',
  'arn:aws:sns:ap-southeast-10:123456789012:orders.fifo',
])('%s is the ARN of a FIFO topic', (arn) => {
  expect(snsTopic(arn, client).arn).toBe(arn);
});

describe('publishEvent', () => {
  const topic = snsTopic(topicArn, client);
  const now = 1_790_000_000_000;

  test.each<[string, unknown, string]>([
    ['the event alone', event, 'firstPublished is undefined; it must be whole milliseconds'],
    ['nothing', undefined, 'firstPublished is undefined'],
    ['a time that is no number', { event, firstPublished: Number.NaN }, 'firstPublished is the number NaN'],
    ['a time as text', { event, firstPublished: String(now) }, 'firstPublished is the string'],
    ['no event', { firstPublished: now }, 'The event is undefined'],
    [
      'an event without a group',
      { event: { ...event, partitionkey: '' }, firstPublished: now },
      'partitionkey: must be',
    ],
  ])('refuses %s, and so does fitsTopic', async (_, single, message) => {
    const error = expect.objectContaining({ message: expect.stringContaining(message) });
    await expect(publishEvent(topic, single as SingleEvent)).rejects.toEqual(error);
    expect(() => fitsTopic(single as SingleEvent)).toThrow(error);
    expect(sent).toEqual([]);
  });

  test('sends what is right', async () => {
    await publishEvent(topic, { event, firstPublished: now });
    expect(sent).toHaveLength(1);
  });
});
