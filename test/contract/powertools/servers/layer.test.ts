import { randomUUID } from 'node:crypto';
import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { canRunDynamoDbLocal, createTables, startDynamoDbLocal } from '../../servers/dynamodb-local.ts';
import { withoutClause } from '../../without-clause.ts';
import { contextOf, fenced, gate, type Input, type Kind, plain, processOf } from '../calls.ts';
import { failingLayerCases, layerCases, runLayerCase } from '../layer-cases.ts';

/** The clauses of the layer's conditions, as they are sent. Each one guards something. */
const clauses = [
  'attribute_not_exists(#id)',
  '#status = :inProgress',
  '#expiration > :nowSeconds',
  '#inProgressExpiration <= :now',
  'attribute_exists(#attempt)',
  '#inProgressExpiration <= :nowLessSkew',
  '#validation = :fingerprint',
  'attribute_not_exists(#validation)',
  '#validation = :empty',
  '#attempt = :attempt',
  'attribute_not_exists(#format)',
  '#format <= :knownFormat',
];

(canRunDynamoDbLocal ? describe : describe.skip)("the fenced layer on Amazon's DynamoDB Local", () => {
  let server: Awaited<ReturnType<typeof startDynamoDbLocal>>;
  let client: DynamoDBClient;
  beforeAll(async () => {
    server = await startDynamoDbLocal();
    client = server.connect();
    await createTables(client);
  });
  afterAll(() => server?.stop());

  it.each(layerCases)('$name', async (layerCase) => {
    await runLayerCase(layerCase, client);
  });

  it.each(clauses)('fails without the clause %s', async (clause) => {
    const broken = server.connect();
    const times = withoutClause(broken, clause);
    const failures = await failingLayerCases(broken, client);
    expect(times()).toBeGreaterThan(0);
    expect(failures).not.toEqual([]);
  });

  it.each([
    ['its claim', 1],
    ['its completion', 2],
  ])('continues if the answer of %s is lost', async (_, lost) => {
    // GIVEN a client that repeats what got no answer
    const repeating = new DynamoDBClient({
      endpoint: `http://${server.host}:${server.port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 2,
    });
    let answers = 0;
    repeating.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        answers += 1;
        if (answers === lost) throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
        return answer;
      },
      { step: 'deserialize', priority: 'high' },
    );
    let effects = 0;
    const act = processOf({ kind: fenced(), client: repeating, remaining: 60_000 }, () => {
      effects += 1;
      return 'done';
    });
    const input = { key: randomUUID() };
    // THEN the call is done, once
    await expect(act(input)).resolves.toBe('done');
    await expect(act(input)).resolves.toBe('done');
    expect({ effects, lost: answers >= lost }).toEqual({ effects: 1, lost: true });
  });

  it('lets one of 20 calls at once run', async () => {
    const key = randomUUID();
    const others = gate();
    let effects = 0;
    let refused = 0;
    // GIVEN 20 processes, of which none is done before all others have their answer
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        processOf({ kind: fenced(), client, remaining: 60_000 }, async () => {
          effects += 1;
          await others.passed;
          return 'done';
        })({ key }).catch((error: Error) => {
          refused += 1;
          if (refused === 19) others.open();
          return error.name;
        }),
      ),
    );
    // THEN
    expect(effects).toBe(1);
    expect(answers.filter((answer) => answer !== 'IdempotencyAlreadyInProgressError')).toEqual(['done']);
  });

  it('lets one of two calls replace an expired record', async () => {
    const input = { key: randomUUID() };
    const config = { expiresAfterSeconds: 1 };
    await processOf({ kind: fenced(), client, remaining: 60_000, config }, () => 'old')({ ...input });
    await fenced().resultIsOver();
    let effects = 0;
    const call = () =>
      processOf({ kind: fenced(), client, remaining: 60_000 }, () => {
        effects += 1;
        return 'new';
      })({ ...input }).catch((error: Error) => error.name);
    await Promise.all([call(), call()]);
    expect(effects).toBe(1);
  });

  it('finds records of plain Powertools with MD5 only if hashFunction is md5', async () => {
    const input = { key: randomUUID() };
    await processOf({ kind: plain, client, remaining: 60_000 }, () => 'plain')({ ...input });
    const answer = (kind: Kind) => processOf({ kind, client, remaining: 60_000 }, () => 'ran')({ ...input });
    await expect(answer(fenced({ hashFunction: 'md5' }))).resolves.toBe('plain');
    await expect(answer(fenced())).resolves.toBe('ran');
  });

  it('accepts an input of text, one call per process at a time', async () => {
    const config = new IdempotencyConfig({ lambdaContext: contextOf(60_000) });
    const layer = fenced().layer(client);
    layer.configure({ config, keyPrefix: 'text' });
    const text = randomUUID();
    await layer.saveInProgress(text, 60_000);
    await expect(layer.saveInProgress(text, 60_000)).rejects.toThrow('This process is at work on text#');
    await layer.saveSuccess(text, 'done');
    await expect(layer.getRecord(text)).resolves.toMatchObject({ status: 'COMPLETED', responseData: 'done' });
  });

  it('refuses an input without a key, although the configuration allows it', async () => {
    const config = { throwOnNoIdempotencyKey: false };
    const act = processOf({ kind: fenced(), client, remaining: 60_000, config }, () => 'ran');
    await expect(act({} as Input)).rejects.toMatchObject({ cause: { name: 'IdempotencyKeyError' } });
  });
});
