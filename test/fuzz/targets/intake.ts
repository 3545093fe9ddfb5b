import assert from 'node:assert/strict';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createIntake, type HttpRequest } from '../../../lambda/intake/create-intake.ts';
import { fitsTopic } from '../../../publisher/publish-event.ts';
import { contextOf, post } from '../../support/http.ts';
import { bodies, largeBodies, texts } from '../inputs/hostile.ts';
import { mutantsOf } from '../inputs/mutants.ts';
import { orders } from '../inputs/orders.ts';
import { target } from '../target.ts';

/** Takes every write, as a table does that holds nothing of this key. */
const emptyTable = { config: {}, send: async () => ({}) } as object as DynamoDBClient;

const orderBodies = orders().map(({ partitionkey: account, sequence, type, data: order }) => ({
  account,
  sequence,
  type,
  order,
}));

const requestBodies = fc.oneof(
  { weight: 3, arbitrary: orderBodies.map((body) => JSON.stringify(body)) },
  { weight: 5, arbitrary: mutantsOf(orderBodies).map(({ text }) => text) },
  { weight: 2, arbitrary: bodies },
);

const keys = fc.oneof(
  { weight: 4, arbitrary: fc.uuid() },
  fc.uuid().map((key) => `"${key}"`),
  texts,
);

const claims = fc.oneof(texts, fc.anything());

const callers = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ iam: { userId: 'AIDAEXAMPLE' } }) },
  texts.map((userId) => ({ iam: { userId } })),
  texts.map((identityId) => ({ iam: { cognitoIdentity: { identityId } } })),
  fc.tuple(claims, claims, claims).map(([iss, sub, account]) => ({ jwt: { claims: { iss, sub, account } } })),
  fc.constantFrom(undefined, {}, { iam: null }, { jwt: null }, { jwt: { claims: null } }),
);

/** A token of the account that a body orders for. */
function tokenOf(body: string | undefined): object {
  const account = /"account":"(\w+)"/.exec(body ?? '')?.[1];
  return { iam: null, jwt: { claims: { iss: 'https://issuer.example', sub: 'ann', account } } };
}

const requests: fc.Arbitrary<HttpRequest> = fc
  .record({
    body: fc.oneof({ weight: 8, arbitrary: requestBodies }, fc.constant(undefined)),
    key: fc.oneof({ weight: 8, arbitrary: keys }, fc.constant(undefined)),
    authorizer: callers,
    encoding: fc.constantFrom('none', 'none', 'base64', 'claimed'),
    header: fc.tuple(texts, texts),
    ownAccount: fc.boolean(),
  })
  .map(({ body, key, authorizer, encoding, header, ownAccount }) => ({
    headers: { ...Object.fromEntries([header]), ...(key !== undefined && { 'idempotency-key': key }) },
    body: encoding === 'base64' ? Buffer.from(body ?? '').toString('base64') : body,
    isBase64Encoded: encoding !== 'none',
    requestContext: { authorizer: ownAccount ? { ...authorizer, ...tokenOf(body) } : authorizer },
  })) as fc.Arbitrary<HttpRequest>;

/** Accepted and published, or refused as the client's mistake, in few words; nothing that is sent is a 5xx. */
export const intake = target<HttpRequest>({
  name: 'intake',
  runs: 1_000,
  inputs: requests,
  examples: largeBodies.flatMap((text) => [
    post({ key: 'key', body: text }),
    post({ key: 'key', body: `{"account":"a","sequence":"1","order":${text}}` }),
    post({ key: text }),
  ]),
  check: async (request) => {
    const published: OrderEvent[] = [];
    const { jwt } = request.requestContext.authorizer ?? {};
    const lines: string[] = [];
    const handler = createIntake({
      events: {
        fits: (event) => fitsTopic({ event, firstPublished: 0 }),
        publish: async (event) => void published.push(event),
      },
      jwtAccountClaim: 'account',
      table: 'records',
      recordTtlSeconds: 45 * 86_400,
      client: emptyTable,
      output: (line) => lines.push(line),
    });
    const { statusCode, headers, body } = await handler(request, contextOf(28_000));
    assert.ok(body.length < 20_000, `an answer of ${body.length} characters`);
    assert.ok(lines.length === 1 && (lines[0] ?? '').length < 20_000, 'one line, and no long one');
    const answer = JSON.parse(body);
    if (statusCode === 202) {
      const [event] = published;
      if (jwt) assert.equal(event?.partitionkey, jwt.claims?.account);
      assert.deepEqual([published.length, answer.source, answer.id], [1, event?.source, event?.id]);
      assert.deepEqual(parseOrderEvent({ body: canonicalJson(event) }), JSON.parse(JSON.stringify(event)));
      return;
    }
    assert.deepEqual(published, []);
    assert.ok([400, 403, 413].includes(statusCode), `${statusCode} ${body}`);
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.equal(answer.status, statusCode);
    for (const text of [answer.title, answer.detail, answer.code])
      assert.ok(typeof text === 'string' && text !== '');
    assert.ok(
      answer.field === undefined || (typeof answer.field === 'string' && answer.field !== ''),
      'a field without a name',
    );
  },
});
