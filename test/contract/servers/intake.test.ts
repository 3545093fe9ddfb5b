import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import { sha256 } from '../../../contract/event/identity.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { recordAttributes as attribute } from '../../../contract/record/record-attributes.ts';
import { createIntake } from '../../../lambda/intake/create-intake.ts';
import { TopicError } from '../../../publisher/errors.ts';
import { fitsTopic, publishEvent } from '../../../publisher/publish-event.ts';
import { deferred } from '../../support/deferred.ts';
import { anOrderBody, contextOf, type Posting, post } from '../../support/http.ts';
import { FakeTopic } from '../../unit/publisher/support/fake-topic.ts';
import { canRunDynamoDbLocal, createTables, startDynamoDbLocal, tables } from './dynamodb-local.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const ttl = 45 * 24 * 3600;

(canRunDynamoDbLocal ? describe : describe.skip)("the intake on Amazon's DynamoDB Local", () => {
  let server: Awaited<ReturnType<typeof startDynamoDbLocal>>;
  let client: DynamoDBClient;
  beforeAll(async () => {
    server = await startDynamoDbLocal();
    client = server.connect();
    await createTables(client);
  });
  afterAll(() => server?.stop());

  function scene() {
    let passed = 0;
    const clock = { now: () => Date.now() + passed, sleep: async () => {} };
    const topic = new FakeTopic(clock, { next: () => 0, uuid: randomUUID });
    const lines: Record<string, unknown>[] = [];
    const key = randomUUID();
    /** A process of the intake's own. */
    const intake = (dynamoDb = client) => {
      const handler = createIntake({
        events: {
          fits: (event) => fitsTopic({ event, firstPublished: Number.MAX_SAFE_INTEGER }),
          publish: (event, firstPublished) => publishEvent(topic, { event, firstPublished }),
        },
        table: tables.records,
        recordTtlSeconds: ttl,
        client: dynamoDb,
        clock,
        output: (line) => lines.push(JSON.parse(line)),
      });
      return (posting: Posting = {}, remaining = 28_000) =>
        handler(post({ key, ...posting }), contextOf(remaining));
    };
    return {
      topic,
      clock,
      lines,
      key,
      intake,
      pass: (ms: number) => {
        passed += ms;
      },
      published: () => topic.accepted.map(({ entry }) => parseOrderEvent({ body: entry.body })),
      delivered: () => topic.delivered.length,
    };
  }

  const idOf = ({ body }: { body: string }): unknown => JSON.parse(body).id;

  it('publishes an order once, and answers a retry with the first answer, byte for byte', async () => {
    const { intake, published, topic, key } = scene();
    const first = await intake()();
    expect(first.statusCode).toBe(202);
    // WHEN it is sent again, from another process, quoted, and with white space in the body
    const again = await intake()({ key: `"${key}"`, body: JSON.stringify(anOrderBody(), null, 2) });
    // THEN
    expect(again).toEqual(first);
    expect(published()).toHaveLength(1);
    const [event] = published() as [OrderEvent];
    expect(JSON.parse(first.body)).toEqual({ source: event.source, id: event.id });
    expect(topic.accepted[0]?.entry.messageGroup).toBe('customer-17850');
    expect(topic.violations).toEqual([]);
  });

  it("keeps its record in the consumers' table, for as long, under a key that no consumer can have", async () => {
    const { intake, published } = scene();
    await intake()();
    const [event] = published() as [OrderEvent];
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tables.records }));
    const record = Items.map((item) => unmarshall(item)).find(({ data }) => data?.includes(event.id));
    expect(record).toMatchObject({
      [attribute.id]: expect.stringMatching(/^%intake#[^#]+$/),
      [attribute.consumer]: 'intake',
      [attribute.status]: 'COMPLETED',
    });
    expect(Math.abs(record?.[attribute.expiration] - Date.now() / 1000 - ttl)).toBeLessThan(60);
    // It says nothing of what was ordered.
    expect(JSON.stringify(record)).not.toContain('85123A');
  });

  it('stores the payload of a key like earlier versions, because their records still exist', async () => {
    const { intake, published } = scene();
    await intake()();
    const [{ type, subject, partitionkey, sequence, data }] = published() as [OrderEvent];
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tables.records }));
    const content = sha256(canonicalJson({ type, subject, partitionkey, sequence, data }));
    const payloads = Items.map((item) => unmarshall(item)[attribute.validation]);
    // Powertools hashes the payload as JSON, and writes the hash in base64.
    const hash = Buffer.from(sha256(JSON.stringify(content)), 'hex').toString('base64');
    expect(payloads).toContain(hash);
  });

  it('treats the same key of two callers as two orders', async () => {
    const { intake, published } = scene();
    const [one, other] = await Promise.all([
      intake()({ userId: 'AROAONE:session' }),
      intake()({ userId: 'AROATWO:session' }),
    ]);
    expect(idOf(one)).not.toBe(idOf(other));
    expect(published()).toHaveLength(2);
    await expect(intake()({ userId: 'AROAONE:later' })).resolves.toEqual(one);
  });

  it('answers 422 to another order under the same key, and publishes nothing', async () => {
    const { intake, published } = scene();
    await intake()();
    const other = await intake()({ body: anOrderBody({}, { total: 99 }) });
    expect(other).toMatchObject({ statusCode: 422, headers: { 'content-type': 'application/problem+json' } });
    expect(JSON.parse(other.body)).toMatchObject({ code: 'KEY_REUSED', field: 'Idempotency-Key' });
    expect(published()).toHaveLength(1);
  });

  it('answers 409 while the first request is running', async () => {
    const { intake, published, topic } = scene();
    const { promise: goOn, resolve: open } = deferred<void>();
    topic.beforeRequest = () => goOn;
    const first = intake()();
    while (topic.requests.length === 0) await new Promise(setImmediate);
    const second = await intake()();
    expect(second).toMatchObject({ statusCode: 409, headers: { 'retry-after': '1' } });
    open();
    const answer = await first;
    await expect(intake()()).resolves.toEqual(answer);
    expect(published()).toHaveLength(1);
  });

  it('lets one of 20 requests at once publish', async () => {
    const { intake, published } = scene();
    const answers = await Promise.all(Array.from({ length: 20 }, () => intake()()));
    expect(published()).toHaveLength(1);
    const codes = new Set(answers.map(({ statusCode }) => statusCode));
    expect([...codes].filter((code) => code !== 202 && code !== 409)).toEqual([]);
    expect(codes.has(202)).toBe(true);
  });

  it('publishes the same event again after a crash between publishing and saving', async () => {
    const { intake, published, delivered, topic, pass } = scene();
    // GIVEN a process that dies when the topic has taken the event
    const dying = server.connect();
    const died = new Promise<void>((resolve) => {
      dying.middlewareStack.add(
        (next) => async (args) => {
          if (topic.accepted.length === 0) return await next(args);
          resolve();
          return await new Promise<never>(() => {});
        },
        { step: 'initialize' },
      );
    });
    void intake(dying)();
    await died;
    // WHEN the client tries again: at once, and when the lease of the dead is over
    await expect(intake()()).resolves.toMatchObject({ statusCode: 409 });
    pass(40_000);
    const answer = await intake()();
    // THEN the broker removes the second copy, which has the first one's id, content and time
    expect(answer.statusCode).toBe(202);
    const [first, second] = published();
    expect(second).toEqual(first);
    expect(delivered()).toBe(1);
    const [one, other] = topic.accepted.map(({ entry }) => entry.firstPublished);
    expect(other).toBe(one);
  });

  it("gives a retry after the broker's window the time of the first try, from which consumers compute its age", async () => {
    const { intake, published, delivered, topic, pass } = scene();
    topic.faults = { answerLost: 1 };
    await expect(intake()()).resolves.toMatchObject({ statusCode: 503 });
    topic.faults = {};
    pass(40 * day);
    await expect(intake()()).resolves.toMatchObject({ statusCode: 202 });
    // The broker has forgotten; the consumers' records hold its source and id.
    expect(delivered()).toBe(2);
    expect(published()[1]).toEqual(published()[0]);
    const [one, other] = topic.accepted.map(({ entry }) => entry.firstPublished);
    expect(other).toBe(one);
  });

  it('publishes the same event again when its record has expired', async () => {
    const { intake, published, pass } = scene();
    const first = await intake()();
    pass(46 * day);
    await expect(intake()()).resolves.toEqual(first);
    expect(published()[1]).toEqual(published()[0]);
  });

  it('answers 503 if the topic does not answer, stores no 5xx, and accepts no other order under the key', async () => {
    const { intake, published, topic, lines } = scene();
    topic.beforeRequest = () => {
      throw new TopicError('TimeoutError', 'no answer', false);
    };
    const failed = await intake()();
    expect(failed).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    expect(failed.body).not.toContain('TimeoutError');
    expect(lines.at(-1)).toMatchObject({ level: 'ERROR', status: 503, reason: 'TimeoutError: no answer' });
    topic.beforeRequest = () => {};
    await expect(intake()({ body: anOrderBody({}, { total: 1 }) })).resolves.toMatchObject({
      statusCode: 422,
    });
    await expect(intake()()).resolves.toMatchObject({ statusCode: 202 });
    expect(published()).toHaveLength(1);
  });

  it.each([
    ['UpdateItemCommand', 1, 0],
    ['UpdateItemCommand', 2, 1],
  ])('answers 503 if %s number %i does not reach the store', async (command, nth, publications) => {
    const { intake, published, pass } = scene();
    const away = server.connect();
    let sent = 0;
    away.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === command && ++sent >= nth) throw new Error('the store is away');
          return await next(args);
        },
      { step: 'initialize' },
    );
    await expect(intake(away)()).resolves.toMatchObject({ statusCode: 503 });
    expect(published()).toHaveLength(publications);
    // THEN a retry gets through once the lease is over, with the same event
    pass(40_000);
    await expect(intake()()).resolves.toMatchObject({ statusCode: 202 });
    expect(new Set(published().map(({ id }) => id)).size).toBe(1);
  });

  it('answers 500 without a context, and publishes nothing', async () => {
    const { topic, clock, lines, key } = scene();
    const handler = createIntake({
      events: {
        fits: () => true,
        publish: (event, firstPublished) => publishEvent(topic, { event, firstPublished }),
      },
      table: tables.records,
      recordTtlSeconds: ttl,
      client,
      clock,
      output: (line) => lines.push(JSON.parse(line)),
    });
    const answer = await handler(post({ key }), undefined as never);
    expect(answer.statusCode).toBe(500);
    expect(lines.at(-1)).toMatchObject({ reason: expect.stringContaining('registerLambdaContext') });
    expect(topic.requests).toEqual([]);
  });

  it.each([
    ['a bad body', { body: '{' }, 400],
    ['a missing member', { body: anOrderBody({ account: undefined }) }, 400],
    ['an order that the topic does not take', { body: anOrderBody({}, { note: 'x'.repeat(262_144) }) }, 413],
    ['a body that no order takes', { body: JSON.stringify(anOrderBody()) + ' '.repeat(1_572_864) }, 413],
    ['a bad key', { key: 'two words' }, 400],
    ['no caller', { userId: '' }, 403],
  ])('refuses %s and stores nothing', async (_, posting, status) => {
    const { intake, topic } = scene();
    const before = await client.send(new ScanCommand({ TableName: tables.records, Select: 'COUNT' }));
    const answer = await intake()(posting);
    expect(answer).toMatchObject({
      statusCode: status,
      headers: { 'content-type': 'application/problem+json' },
    });
    const after = await client.send(new ScanCommand({ TableName: tables.records, Select: 'COUNT' }));
    expect(after.Count).toBe(before.Count);
    expect(topic.requests).toEqual([]);
    // AND the same key is free for a good one
    if (status !== 403) await expect(intake()()).resolves.toMatchObject({ statusCode: 202 });
  });

  it('reads a body in base64, and refuses one that is not a text', async () => {
    const { clock, topic, key } = scene();
    const handler = createIntake({
      events: {
        fits: () => true,
        publish: (event, firstPublished) => publishEvent(topic, { event, firstPublished }),
      },
      table: tables.records,
      recordTtlSeconds: ttl,
      client,
      clock,
      output: () => {},
    });
    const encoded = (bytes: Buffer) => ({
      ...post({ key }),
      isBase64Encoded: true,
      body: bytes.toString('base64'),
    });
    await expect(handler(encoded(Buffer.from([0xff])), contextOf(minute))).resolves.toMatchObject({
      statusCode: 400,
    });
    const good = encoded(Buffer.from(JSON.stringify(anOrderBody())));
    await expect(handler(good, contextOf(minute))).resolves.toMatchObject({ statusCode: 202 });
  });

  it.each([
    Number.NaN,
    0,
    86_400,
    ttl * 1000,
  ])('does not start with a time to live of %d s, with which records would not outlive their messages', (recordTtlSeconds) => {
    const events = { fits: () => true, publish: async () => {} };
    expect(() => createIntake({ events, table: tables.records, recordTtlSeconds, client })).toThrow(
      `recordTtlSeconds is ${recordTtlSeconds}; it must be a whole number of seconds`,
    );
  });
});
