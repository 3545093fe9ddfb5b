import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type Delivery,
  dynamoDbEffectStore,
  type Effect,
  type EffectStore,
  putIfNewer,
  remove,
} from '../../../runtime/index.ts';

const delivery: Delivery = {
  id: 'c#s#1',
  fingerprint: 'print',
  ownerToken: 'mine',
  consumer: 'c',
  source: 's',
  eventId: '1',
  messageGroup: 'g',
  messageId: 'm',
  guarantee: 'exactly-once',
  insideWindow: true,
  now: 1_700_000_000_000,
  nextTryAt: 1_700_000_300_000,
  expiration: 1_800_000_000,
};

/** What the store makes of DynamoDB's answer, here one that no emulator gives on demand. */
function commit(error: Error, items = reasonsOf(error) || 1) {
  const effects = Array.from({ length: items - 1 }, (_, n) => remove('orders', { orderId: String(n) }));
  return failing(error).commit([{ delivery }], effects);
}

function failing(error: Error) {
  const client = { send: () => Promise.reject(error) } as unknown as DynamoDBClient;
  return dynamoDbEffectStore({ table: 'records', client });
}

function reasonsOf(error: Error): number {
  return error instanceof TransactionCanceledException ? (error.CancellationReasons?.length ?? 0) : 0;
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

const unanswered: readonly (readonly [string, Error])[] = [
  ['a request timed out', named('TimeoutError')],
  ['the connection was lost', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
  ['the host was not found', Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })],
  ['DynamoDB failed', Object.assign(named('InternalServerError'), { $metadata: { httpStatusCode: 500 } })],
  ['DynamoDB was not there', Object.assign(named('Unknown'), { $metadata: { httpStatusCode: 503 } })],
];
const bug = ['a bug', new TypeError('undefined is no function')] as const;
const lasting: readonly (readonly [string, Error])[] = [
  ['a table that is not there', named('ResourceNotFoundException')],
  [
    'a role that may not',
    Object.assign(named('AccessDeniedException'), { $metadata: { httpStatusCode: 400 } }),
  ],
  bug,
];

const versioned = putIfNewer('orders', { orderId: '1', sequence: '1' }, { version: 'sequence' });
const newer = { orderId: { S: '1' }, sequence: { N: '2' } };

describe('the cancellation reasons of versioned effects', () => {
  const answer = (effects: readonly Effect[], ...codes: string[]) => {
    const error = cancelled(...codes);
    for (const reason of error.CancellationReasons ?? []) {
      if (reason.Code === 'ConditionalCheckFailed') reason.Item = newer;
    }
    return failing(error).commit([{ delivery }], effects);
  };
  const own = remove('orders', { orderId: '2' });

  it.each<readonly [string, readonly Effect[], readonly string[], object]>([
    [
      'a version that is not newer is stale, and told by its place',
      [own, versioned],
      ['None', 'None', 'ConditionalCheckFailed'],
      { kind: 'stale', effects: [{ index: 1, held: '2' }] },
    ],
    [
      'the condition of another effect is that one’s, though a version is stale too',
      [own, versioned],
      ['None', 'ConditionalCheckFailed', 'ConditionalCheckFailed'],
      { kind: 'refused', by: 'condition', effects: [0] },
    ],
    [
      'the record comes first',
      [versioned],
      ['ConditionalCheckFailed', 'ConditionalCheckFailed'],
      { kind: 'exists' },
    ],
    [
      'another transaction at work may be why a version looks stale',
      [own, versioned],
      ['None', 'TransactionConflict', 'ConditionalCheckFailed'],
      { kind: 'contended' },
    ],
    ['an item that is not valid is not stale', [versioned], ['None', 'ValidationError'], { kind: 'refused' }],
  ])('%s', async (_, effects, codes, expected) => {
    await expect(answer(effects, ...codes)).resolves.toMatchObject(expected);
  });

  it('are ignored if their number differs from the number of items', async () => {
    await expect(answer([versioned], 'ConditionalCheckFailed')).rejects.toThrow('cancelled');
  });
});

describe('the DynamoDB store', () => {
  it.each<readonly [string, Error, string]>([
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
    ...unanswered.map(([title, error]) => [title, error, 'contended'] as const),
    ['a condition of an effect failed', cancelled('None', 'ConditionalCheckFailed'), 'refused'],
    ['an effect is not valid', cancelled('None', 'None', 'ValidationError'), 'refused'],
    ['the request is not valid', named('ValidationException'), 'refused'],
    ['a value of the request is of no type', named('SerializationException'), 'refused'],
  ])('%s', async (_, error, kind) => {
    await expect(commit(error)).resolves.toMatchObject({ kind });
  });

  it('returns the position of the refused effect, and whether the handler or the request was refused', async () => {
    await expect(commit(cancelled('None', 'None', 'ValidationError'))).resolves.toMatchObject({
      by: 'request',
      effects: [1],
      reason: 'ValidationError because of ValidationError',
    });
    await expect(commit(cancelled('None', 'ConditionalCheckFailed'))).resolves.toMatchObject({
      by: 'condition',
      effects: [0],
    });
  });

  it.each([
    'AccessDeniedException',
    'ResourceNotFoundException',
  ])('treats %s as a configuration error, and names the effects', async (name) => {
    const error = named(name);
    await expect(commit(error, 3)).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining('effects 1 (remove on table "orders"), 2 (remove on table "orders")'),
      cause: error,
    });
  });

  it.each<readonly [string, Error]>([
    ['a code that nobody knows', cancelled('None', 'InternalServerError')],
    ['the record itself is not valid', cancelled('ValidationError')],
    ['reasons that are not there', cancelled()],
    bug,
    ['a request token that was used with another body', named('IdempotentParameterMismatchException')],
  ])('makes the message wait on %s', async (_, error) => {
    await expect(commit(error)).rejects.toBe(error);
  });

  it.each([
    ['none', [], 2],
    ['fewer', ['ConditionalCheckFailed'], 2],
    ['fewer, the first of which may be an effect of it', ['ValidationError', 'ValidationError'], 3],
    ['more', ['ConditionalCheckFailed', 'None', 'None'], 2],
  ])('ignores the cancellation reasons if there are %s than items', async (_, codes, items) => {
    const error = cancelled(...codes);
    await expect(commit(error, items)).rejects.toBe(error);
  });

  it('retries on a temporary reason, whichever item it belongs to', async () => {
    await expect(commit(cancelled('ThrottlingError'), 3)).resolves.toMatchObject({ kind: 'contended' });
  });
});

const terms = { leaseUntil: 1_700_000_030_000, takeOver: false };
const seen = { ownerToken: 'mine', status: 'INPROGRESS' } as const;

describe.each([
  ['claim', (store: EffectStore) => store.claim(delivery, terms)],
  ['complete', (store: EffectStore) => store.complete(delivery, '1')],
  ['release', (store: EffectStore) => store.release(delivery, 'why', { change: 0 })],
  ['holdUnknown', (store: EffectStore) => store.holdUnknown(delivery, seen, { body: '{}' }, 'why')],
  ['resolveDone', (store: EffectStore) => store.resolveDone('id', 'mine', delivery)],
  ['skip', (store: EffectStore) => store.skip('id', 'message')],
] as const)('%s', (_, step) => {
  it.each(unanswered)('can be retried if %s', async (__, error) => {
    await expect(step(failing(error))).resolves.toEqual({ kind: 'contended', cause: error });
  });

  it.each(lasting)('is not retried on %s', async (__, error) => {
    await expect(step(failing(error))).rejects.toBe(error);
  });
});
