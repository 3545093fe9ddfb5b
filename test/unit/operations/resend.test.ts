import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { deferralOf, letterIdOf, resendOf } from '../../../operations/letters/resend.ts';

function letter(attributes: Record<string, MessageAttributeValue>, given: Partial<Message> = {}): Message {
  return {
    MessageId: 'sqs-9',
    Body: '{"id":"e-1"}',
    Attributes: { MessageGroupId: 'g-1', MessageDeduplicationId: 'm-1' },
    MessageAttributes: attributes,
    ...given,
  };
}

function reason(more: object = {}): MessageAttributeValue {
  return { DataType: 'String', StringValue: JSON.stringify({ code: 'PERMANENT', ...more }) };
}

const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value });

test('a letter is sent again with its body, its group and its own attributes, without the reason', () => {
  const again = resendOf(letter({ tenant: text('t-1'), 'dead-letter-reason': reason() }), 'plan');
  expect(again).toEqual({
    MessageBody: '{"id":"e-1"}',
    MessageGroupId: 'g-1',
    MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/),
    MessageAttributes: { tenant: text('t-1') },
  });
});

test('the attributes that had no place beside the reason stay packed, since the consumer unpacks them', () => {
  const packed = text('{"colour":{"type":"String","value":"red"}}');
  const again = resendOf(letter({ 'packed-attributes': packed, 'dead-letter-reason': reason() }), 'plan');
  expect(again).toMatchObject({ MessageAttributes: { 'packed-attributes': packed } });
});

test('a letter whose body was cut is not sent again, and the reason says what the whole is', () => {
  const cut = reason({ originalBody: { bytes: 2_000_000, sha256: 'abc' } });
  expect(resendOf(letter({ 'dead-letter-reason': cut }), 'plan')).toEqual({
    unsendable: 'its body was cut or replaced: the whole has 2000000 bytes, SHA-256 abc',
  });
});

test('a message that SQS itself moved has no reason, and is sent as it is', () => {
  expect(resendOf(letter({ tenant: text('t-1') }), 'plan')).toMatchObject({
    MessageAttributes: { tenant: text('t-1') },
  });
});

test('the time of the first publication stays, unless the event is sent as new', () => {
  const published = { DataType: 'Number', StringValue: '1' };
  const given = letter({ 'first-published': published });
  expect(resendOf(given, 'plan')).toMatchObject({ MessageAttributes: { 'first-published': published } });
  expect(resendOf(given, 'plan', { isNew: true })).toMatchObject({ MessageAttributes: {} });
});

test('the deduplication id depends on the plan and on the letter, and on nothing else', () => {
  const idOf = (message: Message, plan: string) => {
    const again = resendOf(message, plan);
    return 'unsendable' in again ? undefined : again.MessageDeduplicationId;
  };
  const first = letter({});
  expect(idOf(first, 'one')).toBe(idOf(letter({ other: text('x') }), 'one'));
  expect(idOf(first, 'one')).not.toBe(idOf(first, 'two'));
  expect(idOf(first, 'one')).not.toBe(idOf(letter({}, { MessageId: 'sqs-10' }), 'one'));
});

test('a deferred letter keeps the id by which it is listed, also when it is deferred again', () => {
  const deferred = deferralOf(letter({ 'dead-letter-reason': reason() }), 'plan');
  const there: Message = {
    MessageId: 'sqs-10',
    Attributes: { MessageDeduplicationId: deferred.MessageDeduplicationId },
    MessageAttributes: deferred.MessageAttributes,
  };
  expect(letterIdOf(there)).toBe('m-1');
  const again = deferralOf(there, 'another plan');
  expect(letterIdOf({ ...there, MessageAttributes: again.MessageAttributes })).toBe('m-1');
});
