import type { Message } from '@aws-sdk/client-sqs';
import type { ConsumerDescription } from '../../../contract/consumer-description.ts';
import { sha256 } from '../../../contract/event/identity.ts';
import { recordAttributes as attribute } from '../../../contract/record/record-attributes.ts';
import type { Aws } from '../../../operations/access/connect.ts';
import { resolveOutcome } from '../../../operations/decisions/resolve-outcome.ts';
import { seenRecord } from '../../../operations/records/record.ts';

const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-1:123456789012:${name}`;
const consumer = {
  consumer: 'mails',
  queue: arn('sqs', 'mails.fifo'),
  deadLetterQueue: arn('sqs', 'mails-dlq.fifo'),
  records: arn('dynamodb', 'table/records'),
} as ConsumerDescription;
const decision = {
  what: 'retry',
  by: 'me',
  at: '2027-01-01T00:00:00Z',
  why: 'the mail is not there',
} as const;
const body = 'a body that is too large';
const text = (value: string) => ({ DataType: 'String', StringValue: value });

/** An unknown outcome whose message is not in its record. */
const item = {
  [attribute.id]: { S: 'mails#urn:test#1' },
  [attribute.status]: { S: 'OUTCOME_UNKNOWN' },
  [attribute.attempt]: { S: 'attempt-1' },
  [attribute.messageId]: { S: 'm-1' },
  [attribute.messageGroup]: { S: 'g-1' },
  [attribute.bodySha256]: { S: sha256(body) },
};

function copyOf(given: Partial<Message> = {}): Message {
  return {
    MessageId: 'letter-1',
    ReceiptHandle: 'receipt-1',
    Body: body,
    Attributes: { MessageGroupId: 'g-1', MessageDeduplicationId: 'm-1' },
    MessageAttributes: { tenant: text('acme'), 'dead-letter-reason': text('{"code":"BODY_KEPT"}') },
    ...given,
  };
}

/** AWS with one copy in the dead-letter queue; `requests` are the names and inputs of what was asked. */
function awsWith(letters: Message[]) {
  const requests: [name: string, input: Record<string, unknown>][] = [];
  const client = {
    async send(command: { readonly input: Record<string, unknown> }) {
      const { input } = command;
      const { name } = command.constructor;
      requests.push([name.replace(/Command$/, ''), input]);
      if (name === 'GetItemCommand') return { Item: item };
      if (name === 'GetQueueUrlCommand') return { QueueUrl: `https://sqs/${input.QueueName}` };
      if (name === 'GetQueueAttributesCommand') return { Attributes: {} };
      if (name === 'ReceiveMessageCommand') return { Messages: letters.splice(0) };
      return {};
    },
  };
  const sent = (name: string) => requests.filter(([asked]) => asked === name).map(([, input]) => input);
  return { aws: { dynamoDb: client, sqs: client } as unknown as Aws, sent };
}

describe('an unknown outcome whose message was too large for its record', () => {
  it('is sent again from its copy with all attributes, and then the copy and its entry are gone', async () => {
    const { aws, sent } = awsWith([copyOf()]);
    await resolveOutcome(aws, { consumer, seen: seenRecord(item), decision });
    expect(sent('SendMessage')).toEqual([
      {
        QueueUrl: 'https://sqs/mails.fifo',
        MessageBody: body,
        MessageGroupId: 'g-1',
        MessageDeduplicationId: expect.any(String),
        MessageAttributes: { tenant: text('acme'), 'resolved-attempt': text('attempt-1') },
      },
    ]);
    expect(sent('DeleteMessage')).toEqual([
      { QueueUrl: 'https://sqs/mails-dlq.fifo', ReceiptHandle: 'receipt-1' },
    ]);
    expect(sent('DeleteItem')).toEqual([{ TableName: 'records', Key: { id: { S: 'mails#%letter#m-1' } } }]);
  });

  it('stays unknown if its copy has another body, and the copy stays too', async () => {
    const { aws, sent } = awsWith([copyOf({ Body: 'another one' })]);
    await expect(resolveOutcome(aws, { consumer, seen: seenRecord(item), decision })).rejects.toMatchObject({
      code: 'NOT_RESOLVABLE',
    });
    expect(sent('SendMessage')).toEqual([]);
    expect(sent('DeleteMessage')).toEqual([]);
  });

  it('stays unknown if the dead-letter queue has no copy of it', async () => {
    const other = copyOf({ Attributes: { MessageGroupId: 'g-1', MessageDeduplicationId: 'm-2' } });
    const { aws, sent } = awsWith([other]);
    await expect(resolveOutcome(aws, { consumer, seen: seenRecord(item), decision })).rejects.toThrow(
      'its copy (BODY_KEPT) is not in the dead-letter queue of mails',
    );
    expect(sent('SendMessage')).toEqual([]);
    expect(sent('ChangeMessageVisibility')).toMatchObject([{ VisibilityTimeout: 0 }]);
  });
});
