import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { sqsRecord } from '../../support/sqs.ts';
import { bodies, jsonTexts, texts } from './hostile.ts';
import { mutantsOf } from './mutants.ts';
import { orders } from './orders.ts';

/** A record of a batch, and whether all that SQS adds to a message is there. */
export interface Delivered {
  readonly record: SQSRecord;
  readonly isWhole: boolean;
}

const envelopes = orders().map((order) =>
  JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:x', Message: JSON.stringify(order) }),
);

/** What a producer may set, in a form that SQS takes. */
const attributes = fc.dictionary(
  fc.constantFrom(
    'first-published',
    'resolved-attempt',
    'dead-letter-reason',
    '__proto__',
    'constructor',
    'traceparent',
    'a',
    'b',
    'c',
    'd',
  ),
  fc.oneof(
    fc.record({
      dataType: fc.constantFrom('String', 'String.custom'),
      stringValue: texts.filter((text) => /^[\t\n\r -\ud7ff\ue000-\ufffd]+$/.test(text)),
    }),
    fc.record({
      dataType: fc.constantFrom('Number', 'Number.float'),
      stringValue: fc.constantFrom('0', '-1', '1.5', '1700000000000', '99999999999999999999', '1e400'),
    }),
    fc.record({ dataType: fc.constant('Binary'), binaryValue: fc.constantFrom('AA==', 'AP8=') }),
  ),
);

const anything = fc.oneof(fc.constant(undefined), fc.anything(), texts, jsonTexts.map(tryParse));

/** What no queue sends, but a test by hand, an emulator, or a function that was subscribed to something else. */
const damages: fc.Arbitrary<(record: SQSRecord) => SQSRecord> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'body',
        'attributes',
        'messageAttributes',
        'messageId',
        'receiptHandle',
        'eventSourceARN',
        'more',
        '__proto__',
      ),
      anything,
    )
    .map(
      ([name, value]) =>
        (record: SQSRecord) =>
          withMember(record, name, value),
    ),
  fc
    .tuple(
      fc.constantFrom(
        'SentTimestamp',
        'ApproximateReceiveCount',
        'ApproximateFirstReceiveTimestamp',
        'MessageGroupId',
        'more',
      ),
      fc.oneof(anything, fc.constantFrom('NaN', '-1', '1e999', '0', '9999999999999999', 'Infinity', '')),
    )
    .map(([name, value]) => (record: SQSRecord) => ({
      ...record,
      attributes: withMember(record.attributes, name, value),
    })),
  fc
    .tuple(fc.constantFrom('first-published', 'resolved-attempt', 'more'), anything)
    .map(([name, value]) => (record: SQSRecord) => ({
      ...record,
      messageAttributes: withMember(record.messageAttributes, name, value),
    })),
);

/** A message of a batch: most envelopes are sound, about half of the bodies are. */
export function delivered(index: number): fc.Arbitrary<Delivered> {
  const messageId = `message-${index}`;
  const valid = orders(fc.constant(`event-${index}`));
  return fc
    .record({
      body: fc.oneof(
        { weight: 4, arbitrary: valid.map((order) => JSON.stringify(order)) },
        { weight: 3, arbitrary: mutantsOf(valid).map(({ text }) => text) },
        { weight: 1, arbitrary: bodies },
        { weight: 1, arbitrary: envelopes },
      ),
      group: fc.constantFrom('a', 'b', 'c'),
      receiveCount: fc.constantFrom(1, 1, 2, 3, 7, 1000),
      attributes: fc.oneof(fc.constant({}), attributes),
      damage: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, damages),
    })
    .map(({ body, damage, ...options }) => {
      const record = sqsRecord(asKept(body), { messageId, ...options });
      return damage === undefined ? { record, isWhole: true } : { record: damage(record), isWhole: false };
    });
}

/** The body that SQS would have given: it keeps no other characters, which producers escape, and takes no empty one. */
export function asKept(body: string): string {
  const escaped = body.replace(/[\ufffe\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`);
  return escaped.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd') || ' ';
}

function withMember<T extends object>(value: T, name: string, member: unknown): T {
  const { [name as keyof T]: _, ...others } = value;
  const added = member === undefined ? {} : Object.fromEntries([[name, member]]);
  return { ...others, ...added } as T;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
