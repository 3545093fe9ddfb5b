import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type Delivery, dynamoDbEffectStore } from '../../../runtime/index.ts';

const delivery: Delivery = {
  id: 'c#s#1',
  fingerprint: 'print',
  attempt: 'mine',
  consumer: 'c',
  source: 's',
  eventId: '1',
  messageGroup: 'g',
  messageId: 'm',
  guarantee: 'exactly-once',
  insideWindow: true,
  now: 1_700_000_000_000,
  expiration: 1_800_000_000,
};

/** What the store makes of DynamoDB's answer, here one that no emulator gives on demand. */
function commit(error: Error) {
  const client = { send: () => Promise.reject(error) } as unknown as DynamoDBClient;
  return dynamoDbEffectStore({ table: 'records', client }).commit(delivery, []);
}

function cancelled(...codes: string[]) {
  const reasons = codes.map((Code) => ({ Code, Message: `because of ${Code}` }));
  return new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: reasons,
  });
}

function named(name: string) {
  return Object.assign(new Error(name), { name });
}

describe('what the store reads in an error of DynamoDB', () => {
  it.each([
    [
      'the record exists, whatever else is wrong',
      cancelled('ConditionalCheckFailed', 'TransactionConflict'),
      'exists',
    ],
    ['another transaction is at work', cancelled('TransactionConflict', 'None'), 'contended'],
    [
      'a conflict beside a failed condition may be its cause',
      cancelled('None', 'TransactionConflict', 'ConditionalCheckFailed'),
      'contended',
    ],
    ['a partition throttles', cancelled('None', 'ThrottlingError'), 'contended'],
    ['a table throttles', cancelled('None', 'ProvisionedThroughputExceeded'), 'contended'],
    ['the account throttles', named('ThrottlingException'), 'contended'],
    ['its own first try is still at work', named('TransactionInProgressException'), 'contended'],
    ['a condition of an effect failed', cancelled('None', 'ConditionalCheckFailed'), 'refused'],
    ['an effect is not valid', cancelled('None', 'None', 'ValidationError'), 'refused'],
    ['the request is not valid', named('ValidationException'), 'refused'],
  ])('%s', async (_, error, kind) => {
    await expect(commit(error)).resolves.toMatchObject({ kind });
  });

  it('names the effect that was refused, from 1', async () => {
    await expect(commit(cancelled('None', 'None', 'ValidationError'))).resolves.toMatchObject({
      reason: 'Effect 2 was refused: ValidationError because of ValidationError',
    });
  });

  it.each([
    ['a code that nobody knows', cancelled('None', 'InternalServerError')],
    ['the record itself is not valid', cancelled('ValidationError')],
    ['reasons that are not there', cancelled()],
    ['a table that is not there', named('ResourceNotFoundException')],
    ['a role that may not', named('AccessDeniedException')],
    ['a request token that was used with another body', named('IdempotentParameterMismatchException')],
  ])('decides nothing on %s: the message waits', async (_, error) => {
    await expect(commit(error)).rejects.toBe(error);
  });
});
