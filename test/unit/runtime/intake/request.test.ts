import fc from 'fast-check';
import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import { type Authorizer, callerOf, checkAccount } from '../../../../lambda/intake/caller.ts';
import { readIdempotencyKey } from '../../../../lambda/intake/idempotency-key.ts';
import { orderEventOf } from '../../../../lambda/intake/order-request.ts';
import { Problem, problemAnswer } from '../../../../lambda/intake/problem.ts';
import { anOrderBody } from '../../../support/http.ts';

describe('the Idempotency-Key', () => {
  it.each([
    ['8e03978e-40d5-43dd', '8e03978e-40d5-43dd'],
    ['"8e03978e-40d5-43dd"', '8e03978e-40d5-43dd'],
    ['  "key"  ', 'key'],
    ['a', 'a'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['abc/+=:#%', 'abc/+=:#%'],
    // A bare key that structured fields would read as another type is the text that it always was.
    ['123', '123'],
    ['?1', '?1'],
    ['a\\b', 'a\\b'],
    ['"a b"', 'a b'],
    ['" "', ' '],
    ['"a,b;c"', 'a,b;c'],
    ['"abc";v=1', 'abc'],
    ['"abc";a', 'abc'],
    ['"abc"; a;b=?0', 'abc'],
    ['"abc";a="x;y";b="\\""', 'abc'],
    ['"abc";a=tok/en:*;b=-1.5;c=:YWJj:', 'abc'],
    ['"abc";d=@1659578233;e=%"f%c3%bc 100"', 'abc'],
    ['abc;v=1;w', 'abc'],
    [`"${'x'.repeat(255)}";v="${'y'.repeat(300)}"`, 'x'.repeat(255)],
  ])('of the header %s is %s', (header, key) => {
    expect(readIdempotencyKey(header)).toBe(key);
  });

  it.each([
    undefined,
    '',
    ' ',
    '""',
    '"open',
    'x'.repeat(256),
    `"${'x'.repeat(256)}"`,
    'two words',
    'one,two',
    '"one", "two"',
    '"one";',
    '"one";A=1',
    '"one" ;a',
    '"one";a="open',
    'one;',
    'one;a=',
    '"one"two',
    '("one")',
    '"é"',
    '"a\\b"',
    'naïve',
    'new\nline',
    '"tab\t"',
  ])('is refused for %j with an error that names the header', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(
      expect.objectContaining({ status: 400, field: 'Idempotency-Key' }),
    );
  });
});

describe('the caller', () => {
  const iam = (userId: string): Authorizer => ({ iam: { userId } });
  const jwt = (claims: object): Authorizer => ({ jwt: { claims: { ...claims } } });

  it('is the same role in all of its sessions, and differs for another role', () => {
    expect(callerOf(iam('AROAEXAMPLE:monday'))).toBe(callerOf(iam('AROAEXAMPLE:tuesday')));
    expect(callerOf(iam('AROAOTHER:monday'))).not.toBe(callerOf(iam('AROAEXAMPLE:monday')));
  });

  it('is the federated user, not the account of all federated users', () => {
    expect(callerOf(iam('123456789012:ann'))).not.toBe(callerOf(iam('123456789012:bob')));
  });

  it('is the identity of a Cognito pool, not the role that all identities share', () => {
    const userId = 'AROAPOOL:CognitoIdentityCredentials';
    const identity = (identityId: string): Authorizer => ({
      iam: { userId, cognitoIdentity: { identityId } },
    });
    expect(callerOf(identity('eu-west-1:ann'))).not.toBe(callerOf(identity('eu-west-1:bob')));
    expect(callerOf(identity('eu-west-1:ann'))).toBe(callerOf(identity('eu-west-1:ann')));
    expect(callerOf({ iam: { userId, cognitoIdentity: null } })).toBe('iam:AROAPOOL');
  });

  it('is the subject of an issuer, without collisions between issuers', () => {
    const one = callerOf(jwt({ iss: 'https://a', sub: 'b,c', jti: '1' }));
    expect(callerOf(jwt({ iss: 'https://a', sub: 'b,c', jti: '2' }))).toBe(one);
    expect(callerOf(jwt({ iss: 'https://a","b', sub: 'c' }))).not.toBe(one);
  });

  it.each([
    undefined,
    {},
    { iam: null },
    iam(''),
    jwt({}),
    jwt({ iss: 'https://a' }),
    jwt({ sub: 'b' }),
  ])('is missing and the request refused with %j', (authorizer) => {
    expect(() => callerOf(authorizer)).toThrow(expect.objectContaining({ status: 403, code: 'NO_CALLER' }));
  });
});

describe('the account of an order', () => {
  const token = (claims: object): Authorizer => ({ jwt: { claims: { ...claims } } });
  const refused = (authorizer: Authorizer, claim?: string): unknown => {
    try {
      checkAccount('customer-1', authorizer, claim);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it.each([
    ['of a token that names it', token({ customer: 'customer-1' }), 'customer'],
    ['of a token, if each bearer may order for every account', token({ customer: 'customer-2' }), 'any'],
    ['of a signed request', { iam: { userId: 'AROAEXAMPLE' } }, undefined],
  ])('may be that %s', (_, authorizer, claim) => {
    expect(refused(authorizer, claim)).toBeUndefined();
  });

  it.each([
    ['another account', { customer: 'customer-2' }, 'names another account'],
    ['an account that differs in its case', { customer: 'Customer-1' }, 'names another account'],
    ['no account', {}, 'has no claim "customer"'],
    ['an empty account', { customer: '' }, 'has no claim "customer"'],
    ['several accounts', { customer: ['customer-1'] }, 'has no claim "customer"'],
  ])('is refused to the bearer of a token that names %s, without a word of an account', (_, claims, detail) => {
    const error = refused(token(claims), 'customer') as Problem;
    expect(error).toMatchObject({ status: 403, code: 'ACCOUNT_NOT_ALLOWED', field: 'account' });
    expect(error.message).toContain(detail);
    expect(problemAnswer(error).body).not.toMatch(/customer-\d/i);
  });

  it('is not one that every object inherits', () => {
    expect(refused(token({}), 'constructor')).toMatchObject({ status: 403 });
  });

  it('is refused to every token if nobody said which claim names it', () => {
    expect(refused(token({ customer: 'customer-1' }))).toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining('JWT_ACCOUNT_CLAIM is not set'),
    });
  });
});

describe('the event of a request', () => {
  const from = (body: unknown, caller = 'iam:a', key = 'k') =>
    orderEventOf({ caller, key, body: typeof body === 'string' ? body : JSON.stringify(body) });

  it('contains only the order, and no value that changes between requests', () => {
    const event = from(anOrderBody());
    expect(event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      source: expect.stringMatching(/^urn:order-once:intake:[0-9a-f]{64}$/),
      type: 'order.placed',
      subject: '536365',
      partitionkey: 'customer-17850',
      sequence: '1',
      data: anOrderBody().order,
    });
    expect(from(anOrderBody())).toEqual(event);
    expect(parseOrderEvent({ body: JSON.stringify(event) })).toEqual(event);
  });

  it('can be a cancellation', () => {
    expect(from(anOrderBody({ type: 'order.cancelled' })).type).toBe('order.cancelled');
  });

  it('has a different id for each caller and key', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 2, maxLength: 2 }), (pairs) => {
        const [one, other] = pairs.map(([caller, key]) => from(anOrderBody(), caller, key));
        const same = JSON.stringify(pairs[0]) === JSON.stringify(pairs[1]);
        return (one?.id === other?.id && one?.source === other?.source) === same;
      }),
    );
  });

  it.each([
    ['no JSON', undefined],
    ['[]', undefined],
    [anOrderBody({ account: undefined }), 'account'],
    [anOrderBody({ account: '' }), 'account'],
    [anOrderBody({ sequence: undefined }), 'sequence'],
    [anOrderBody({ sequence: 7 }), 'sequence'],
    [anOrderBody({ type: 'order.shipped' }), 'type'],
    [anOrderBody({ source: 'mine' }), 'source'],
    [anOrderBody({ data: {} }), 'data'],
    [anOrderBody({ '': {} }), '[""]'],
    [anOrderBody({ subject: '536365' }), 'subject'],
    [anOrderBody({ partitionkey: 'a' }), 'partitionkey'],
    [anOrderBody({}, { orderId: undefined }), 'order.orderId'],
    [anOrderBody({}, { total: '15.3' }), 'order.total'],
    [anOrderBody({}, { lines: [{ sku: 'a', quantity: 1 }] }), 'order.lines[0].unitPrice'],
    [{ account: 'a', sequence: '1' }, 'order.orderId'],
    [{ account: 'a', sequence: '1', order: null }, 'order.orderId'],
    [JSON.stringify(anOrderBody()).replace('15.3', '0.1234567890123456789'), 'order.total'],
  ])('is refused for %j with an error that names %s', (body, field) => {
    const refusal = expect.objectContaining({ status: 400, field });
    expect(() => from(body)).toThrow(refusal);
    if (field !== undefined) expect(() => from(body)).toThrow(field);
  });

  it.each([
    [{ ['x'.repeat(4_000_000)]: 1 }],
    [{ type: 'x'.repeat(4_000_000) }],
  ])('is refused with an error that fits into an answer', (member) => {
    const refusal: unknown = (() => {
      try {
        return from(anOrderBody(member));
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(Problem);
    expect(problemAnswer(refusal as Problem).body.length).toBeLessThan(3000);
  });
});
