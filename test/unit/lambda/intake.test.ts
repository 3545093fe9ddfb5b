import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { createIntake, type HttpRequest, type IntakeOptions } from '../../../lambda/intake/create-intake.ts';
import { lastAppliedIn } from '../../../lambda/intake/sequence-bound.ts';
import { anOrderBody, contextOf, post } from '../../support/http.ts';

/** An intake whose table takes every write. */
function scene(options: Partial<IntakeOptions> = {}) {
  const published: OrderEvent[] = [];
  const lines: Record<string, unknown>[] = [];
  const client = { config: {}, send: jest.fn(async () => ({})) };
  const handler = createIntake({
    events: { fits: () => true, publish: async (event) => void published.push(event) },
    table: 'records',
    recordTtlSeconds: 45 * 86_400,
    client: client as object as DynamoDBClient,
    output: (line) => lines.push(JSON.parse(line)),
    ...options,
  });
  const send = (request: HttpRequest) => handler(request, contextOf(28_000));
  return { send, published, lines, client };
}

it.each([
  [undefined, '256 KiB'],
  [512 * 1024, '512 KiB'],
  [300_000, '300000 bytes'],
])('an order that the topic does not accept is refused with its limit, %p', async (maxEventSize, limit) => {
  const events = { ...(maxEventSize && { maxEventSize }), fits: () => false, publish: async () => {} };
  const { send } = scene({ events });
  const { statusCode, body } = await send(post({ key: 'k', body: anOrderBody() }));
  expect(statusCode).toBe(413);
  expect(JSON.parse(body).detail).toBe(`The order is too large: as an event it may have at most ${limit}`);
});

it('a body that is longer than any event of the topic is refused unread', async () => {
  const refused = async (length: number, maxEventSize?: number) => {
    const events = { ...(maxEventSize && { maxEventSize }), fits: () => true, publish: async () => {} };
    return (await scene({ events }).send(post({ key: 'k', body: ' '.repeat(length) }))).statusCode;
  };
  await expect(refused(6 * 256 * 1024 + 1)).resolves.toBe(413);
  await expect(refused(6 * 256 * 1024 + 1, 512 * 1024)).resolves.toBe(400);
  await expect(refused(6 * 512 * 1024 + 1, 512 * 1024)).resolves.toBe(413);
});

function bearer(account: string, claims: object): HttpRequest {
  const jwt = { claims: { iss: 'https://issuer.example', sub: 'ann', ...claims } };
  return { ...post({ key: 'k', body: anOrderBody({ account }) }), requestContext: { authorizer: { jwt } } };
}

describe('the bearer of a token', () => {
  it('orders for the account that the claim names', async () => {
    const { send, published } = scene({ jwtAccountClaim: 'customer' });
    await expect(send(bearer('ann-1', { customer: 'ann-1' }))).resolves.toMatchObject({ statusCode: 202 });
    expect(published).toEqual([expect.objectContaining({ partitionkey: 'ann-1' })]);
  });

  it('is refused any other account: nothing is stored or published, and no account is quoted', async () => {
    const { send, published, lines, client } = scene({ jwtAccountClaim: 'customer' });
    const { statusCode, headers, body } = await send(bearer('bob-1', { customer: 'ann-1' }));
    expect({ statusCode, headers }).toEqual({
      statusCode: 403,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(body)).toMatchObject({ code: 'ACCOUNT_NOT_ALLOWED', field: 'account' });
    expect(`${body}${JSON.stringify(lines)}`).not.toMatch(/ann-1|bob-1/);
    expect(published).toEqual([]);
    expect(client.send).not.toHaveBeenCalled();
  });

  it('is answered 500 by an intake that does not know which claim names the account', async () => {
    const { send, published, lines } = scene();
    await expect(send(bearer('ann-1', { customer: 'ann-1' }))).resolves.toMatchObject({ statusCode: 500 });
    expect(lines).toEqual([
      expect.objectContaining({
        code: 'CONFIGURATION',
        reason: expect.stringContaining('JWT_ACCOUNT_CLAIM'),
      }),
    ]);
    expect(published).toEqual([]);
  });
});

describe('the sequence of an order', () => {
  const ordering = (sequence: string) =>
    post({ key: 'k', body: anOrderBody({ account: 'ann-1', sequence }) });
  const applied = (last: string | undefined, maxJump = 1000) =>
    scene({ sequenceBound: { maxJump, lastApplied: async () => last } });

  it.each([
    ['41', '42'],
    ['41', '1'],
    ['41', '1041'],
    [undefined, '1000'],
    // Another writer's value, over which the consumer would write.
    ['NaN', '1000'],
    ['99999999999999999999999999999999998999', '99999999999999999999999999999999999999'],
    ['1.5E+3', '2500'],
    ['41.9', '1041'],
    ['-10', '990'],
  ])('after %s may be %s', async (last, sequence) => {
    const { send, published } = applied(last);
    await expect(send(ordering(sequence))).resolves.toMatchObject({ statusCode: 202 });
    expect(published).toHaveLength(1);
  });

  it.each([
    ['41', '1042'],
    [undefined, '1001'],
    ['1.5E+3', '2501'],
    ['1', '99999999999999999999999999999999999999'],
    [undefined, '1764547200000'],
  ])('after %s may not be %s: nothing is stored or published, and the answer names the setting', async (last, sequence) => {
    const { send, published, client } = applied(last);
    const { statusCode, body } = await send(ordering(sequence));
    expect(statusCode).toBe(422);
    expect(JSON.parse(body)).toMatchObject({
      code: 'SEQUENCE_TOO_HIGH',
      field: 'sequence',
      detail: expect.stringContaining('raises the setting "intake.maxSequenceJump"'),
    });
    expect(published).toEqual([]);
    expect(client.send).not.toHaveBeenCalled();
  });

  it('is that of the account, read as one attribute of its item', async () => {
    const send = jest.fn(async () => ({ Item: { sequence: { N: '7' } } }));
    await expect(lastAppliedIn('customers', { send } as never)('ann-1')).resolves.toBe('7');
    const [[{ input }]] = send.mock.calls as unknown as [[{ input: object }]];
    expect(input).toEqual({
      TableName: 'customers',
      Key: { account: { S: 'ann-1' } },
      ProjectionExpression: '#sequence',
      ExpressionAttributeNames: { '#sequence': 'sequence' },
    });
  });

  it.each([
    [{}],
    [{ Item: {} }],
    [{ Item: { sequence: { S: 'seven' } } }],
  ])('is none in %j', async (answer) => {
    await expect(lastAppliedIn('customers', { send: async () => answer } as never)('ann-1')).resolves.toBe(
      undefined,
    );
  });

  it('that cannot be read fails the request with 503, and nothing is published', async () => {
    const lastApplied = async () => {
      throw new Error('the table did not answer');
    };
    const { send, published, lines } = scene({ sequenceBound: { maxJump: 1000, lastApplied } });
    await expect(send(ordering('1'))).resolves.toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '1' },
    });
    expect(lines).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('the table did not answer') }),
    ]);
    expect(published).toEqual([]);
  });
});
