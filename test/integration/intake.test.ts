import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { orderEventOf } from '../../lambda/intake/order-request.ts';
import { credentials as owner } from '../../local/endpoint/client-config.ts';
import { anOrderBody } from '../support/http.ts';
import { type Answer, type Credentials, post, postSigned } from './signed.ts';
import { connection, deliveries, describeIf, dynamoDb, lambda, send, unique } from './support.ts';

const { main, intake, clientConfig } = connection;
const { region } = clientConfig;

async function order(key: string, body: object, credentials: Credentials = owner): Promise<Answer> {
  return await postSigned(intake.url, {
    service: 'execute-api',
    region,
    credentials,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
}

/** A session of a role, in the words of STS's query protocol. */
async function sessionOf(role: string, name: string): Promise<Credentials> {
  const { text } = await postSigned(`${clientConfig.endpoint}/`, {
    service: 'sts',
    region,
    credentials: owner,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: name,
    }).toString(),
  });
  const read = (tag: string) => new RegExp(`<${tag}>([^<]+)`).exec(text)?.[1] ?? '';
  const credentials = {
    accessKeyId: read('AccessKeyId'),
    secretAccessKey: read('SecretAccessKey'),
    sessionToken: read('SessionToken'),
  };
  if (credentials.accessKeyId === '') throw new Error(`no session: ${text}`);
  return credentials;
}

async function ledgerOf(account: string) {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: main.ledger, Key: { account: { S: account } }, ConsistentRead: true }),
  );
  return Item && unmarshall(Item, { wrapNumbers: String as never });
}

describeIf('httpApis', 'the intake behind its HTTP API', () => {
  it('has an order that is posted three times applied once, with the same answer each time', async () => {
    const account = unique('account');
    const key = unique('key');
    const body = anOrderBody({ account });
    const first = await order(key, body);
    expect(first).toMatchObject({ status: 202, type: 'application/json' });
    await expect(order(key, body)).resolves.toEqual(first);
    await expect(order(`"${key}"`, body)).resolves.toEqual(first);
    // THEN its consumer applies it once
    const found = await deliveries(main, account, 1);
    expect(found).toEqual([expect.objectContaining({ outcome: 'applied', ...eventOf(first) })]);
    await expect(ledgerOf(account)).resolves.toMatchObject({ spent: '15.3', orders: '1' });
  });

  it("publishes a duplicate after the broker's window, which the consumer finds", async () => {
    const account = unique('account');
    const key = unique('key');
    const body = anOrderBody({ account });
    const first = await order(key, body);
    await deliveries(main, account, 1);
    // WHEN the event that the same request gives at any later time is published past the broker's window
    const event = orderEventOf({ caller: 'iam:000000000000', key, body: JSON.stringify(body) });
    expect({ source: event.source, eventId: event.id }).toEqual(eventOf(first));
    await send(main, { body: event, group: account, deduplicationId: unique('late') });
    // THEN
    const found = await deliveries(main, account, 2);
    expect(found.map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate']);
    await expect(ledgerOf(account)).resolves.toMatchObject({ spent: '15.3', orders: '1' });
  });

  it('answers 422 to another order under the same key, and 400 without one', async () => {
    const account = unique('account');
    const key = unique('key');
    await order(key, anOrderBody({ account }));
    await expect(order(key, anOrderBody({ account }, { total: 1 }))).resolves.toMatchObject({ status: 422 });
    const refused = await order('', anOrderBody({ account }));
    expect(refused).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(JSON.parse(refused.text)).toMatchObject({ field: 'Idempotency-Key' });
  });

  it('recognizes a role in all of its sessions, and separates callers', async () => {
    const { Configuration } = await lambda.send(
      new GetFunctionCommand({ FunctionName: intake.functionName }),
    );
    const role = Configuration?.Role ?? '';
    const [monday, tuesday] = [await sessionOf(role, 'monday'), await sessionOf(role, 'tuesday')];
    const key = unique('key');
    const body = anOrderBody({ account: unique('account') });
    const first = await order(key, body, monday);
    expect(first.status).toBe(202);
    expect(monday.accessKeyId).not.toBe(tuesday.accessKeyId);
    await expect(order(key, body, tuesday)).resolves.toEqual(first);
    expect(eventOf(await order(key, body))).not.toEqual(eventOf(first));
  });

  it('refuses callers without credentials', async () => {
    const answer = await post(
      intake.url,
      { 'idempotency-key': unique('key') },
      JSON.stringify(anOrderBody()),
    );
    expect(answer.status).toBe(403);
  });

  it('lets one of ten requests at once publish', async () => {
    const account = unique('account');
    const key = unique('key');
    const answers = await Promise.all(Array.from({ length: 10 }, () => order(key, anOrderBody({ account }))));
    const accepted = answers.filter(({ status }) => status === 202);
    expect(answers.filter(({ status }) => status !== 202 && status !== 409)).toEqual([]);
    expect(new Set(accepted.map(({ text }) => text)).size).toBe(1);
    await deliveries(main, account, 1);
    await expect(ledgerOf(account)).resolves.toMatchObject({ spent: '15.3', orders: '1' });
    const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName: main.records }));
    const records = Items.map((item) => unmarshall(item)).filter(({ data }) =>
      data?.includes(eventOf(accepted[0]).eventId),
    );
    expect(records).toEqual([expect.objectContaining({ consumer: 'intake', status: 'COMPLETED' })]);
  });
});

function eventOf(answer: { readonly text: string } | undefined): { source: string; eventId: string } {
  const { source, id } = JSON.parse(answer?.text ?? '{}');
  return { source, eventId: id };
}
