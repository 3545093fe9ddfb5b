import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { createIntake, type HttpRequest, type IntakeOptions } from '../../../lambda/intake/create-intake.ts';
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
