import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ConsumerDescription } from '../../../contract/consumer-description.ts';
import { sha256 } from '../../../contract/event/identity.ts';
import { recordAttributes as attribute } from '../../../contract/record/record-attributes.ts';
import type { Aws } from '../../../operations/access/connect.ts';
import { resolveOutcome } from '../../../operations/decisions/resolve-outcome.ts';
import { forgetBody } from '../../../operations/erase/forget-body.ts';
import { seenRecord } from '../../../operations/records/record.ts';
import type { Item } from '../../support/dynamodb/item.ts';
import { memoryDynamoDb } from '../../support/dynamodb/memory-dynamodb.ts';

const id = 'mails#urn:test#1';
const decision = {
  what: 'forgotten',
  by: 'me',
  at: '2027-01-01T00:00:00Z',
  why: 'kept for 90 days',
} as const;
const unknown = {
  [attribute.id]: { S: id },
  [attribute.status]: { S: 'OUTCOME_UNKNOWN' },
  [attribute.attempt]: { S: 'attempt-1' },
  [attribute.messageGroup]: { S: 'g-1' },
  [attribute.body]: { S: '{"name":"Smith"}' },
  [attribute.messageAttributes]: { S: '{}' },
};

/** DynamoDB with one record. `between` runs after the record was read. */
function scene(over: object = {}, between: (records: Map<string, Item>) => void = () => {}) {
  const memory = memoryDynamoDb({ records: [attribute.id] });
  memory.execute('PutItem', { TableName: 'records', Item: { ...unknown, ...over } });
  const record = () => [...memory.items('records').values()][0] as NonNullable<Item>;
  const client = {
    async send(command: { readonly input: { readonly TableName: string; readonly Key: object } }) {
      const { input } = command;
      if (command.constructor.name === 'GetItemCommand') {
        const { TableName, Key } = input;
        const answer = memory.execute('GetItem', { TableName, Key, ConsistentRead: true });
        between(memory.items('records'));
        return answer;
      }
      try {
        return memory.execute('UpdateItem', input);
      } catch (error) {
        throw (error as Error).name === 'ConditionalCheckFailedException'
          ? new ConditionalCheckFailedException({ message: 'refused', $metadata: {} })
          : error;
      }
    },
  } as object as DynamoDBClient;
  const seen = seenRecord(record() as never);
  return { forget: () => forgetBody(client, 'records', seen, decision), record };
}

it('the body of an unknown outcome is removed, and its digest, its status and who did it stay', async () => {
  const { forget, record } = scene();
  await expect(forget()).resolves.toBe('forgotten');
  expect(record()).toEqual({
    [attribute.id]: { S: id },
    [attribute.status]: { S: 'OUTCOME_UNKNOWN' },
    [attribute.attempt]: { S: 'attempt-1' },
    [attribute.messageGroup]: { S: 'g-1' },
    [attribute.decision]: {
      S: JSON.stringify({ ...decision, attempt: 'attempt-1', bodySha256: sha256('{"name":"Smith"}') }),
    },
  });
  // AND again, nothing is left to remove
  await expect(forget()).resolves.toBe('nothing-kept');
});

it('the body of an outcome that somebody has just sent again stays, and so does that decision', async () => {
  const retry = JSON.stringify({ what: 'retry', by: 'ann', at: new Date().toISOString(), why: 'not there' });
  const { forget, record } = scene({ [attribute.decision]: { S: retry } });
  await expect(forget()).resolves.toBe('changed');
  expect(record()).toMatchObject({ [attribute.body]: unknown.body, [attribute.decision]: { S: retry } });
});

it('the body of an outcome that was decided in between stays with whoever decided', async () => {
  const { forget, record } = scene({ [attribute.status]: { S: 'INPROGRESS' } });
  await expect(forget()).resolves.toBe('changed');
  expect(record()[attribute.body]).toBeDefined();
});

it('the body of an outcome that another attempt left unknown after the record was read stays', async () => {
  const { forget, record } = scene({}, (records) => {
    for (const [key, item] of records) records.set(key, { ...item, [attribute.attempt]: { S: 'attempt-2' } });
  });
  await expect(forget()).resolves.toBe('changed');
  expect(record()[attribute.body]).toBeDefined();
});

it('an event whose body was removed is not sent again, and the error says what is left to do', async () => {
  const { forget, record } = scene();
  await forget();
  const aws = {} as Aws;
  const consumer = {
    consumer: 'mails',
    records: 'arn:aws:dynamodb:eu-west-1:1:table/records',
  } as ConsumerDescription;
  const seen = seenRecord(record() as never);
  await expect(
    resolveOutcome(aws, { consumer, seen, decision: { ...decision, what: 'retry' } }),
  ).rejects.toThrow(/was removed at 2027-01-01T00:00:00Z by me \(kept for 90 days\).* --done or --abandon/);
});
