import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { PowertoolsFunctions } from '@aws-lambda-powertools/jmespath/functions';
import type { Context } from 'aws-lambda';
import { ConfigurationError } from '../../../../contract/errors.ts';
import { FencedPersistenceLayer, makeDurableIdempotent } from '../../../../runtime/powertools/index.ts';
import { connect } from '../../../support/dynamodb/connect.ts';
import { memoryDynamoDb } from '../../../support/dynamodb/memory-dynamodb.ts';

const awsSdkV3Client = connect(memoryDynamoDb({ records: ['id'] }));
const layer = (options: object = {}) =>
  new FencedPersistenceLayer({ tableName: 'records', awsSdkV3Client, ...options });
const lambdaContext = { getRemainingTimeInMillis: () => 1000 } as Context;

describe('the options of the layer', () => {
  it.each([
    ['keyAttr', 'pk', 'Option keyAttr ("pk") is not supported: the names of the attributes are fixed'],
    ['sortKeyAttr', 'sk', 'Option sortKeyAttr ("sk") is not supported: the table has the partition key id'],
    ['staticPkValue', 'x', 'Option staticPkValue ("x") is not supported: the table has'],
    ['statusAttr', 's', 'Option statusAttr ("s") is not supported: the names'],
    ['expiryAttr', 'e', 'Option expiryAttr ("e") is not supported: the names'],
    ['inProgressExpiryAttr', 'e', 'Option inProgressExpiryAttr ("e") is not supported: the names'],
    ['dataAttr', 'd', 'Option dataAttr ("d") is not supported: the names'],
    ['validationKeyAttr', 'v', 'Option validationKeyAttr ("v") is not supported: the names'],
    ['clientConfig', {}, 'Option clientConfig (an object) is not supported: give awsSdkV3Client'],
    ['client', {}, 'Option client (an object) is not supported: give awsSdkV3Client'],
    ['tablename', 't', 'Option tablename ("t") is not supported: it is unknown. Known are tableName,'],
    ['constructor', 't', 'Option constructor ("t") is not supported: it is unknown'],
    ['tableName', '', 'tableName is ""; it must be the name or the ARN of a table'],
    ['tableName', undefined, 'tableName is undefined; it must be'],
    ['awsSdkV3Client', { region: 'x' }, 'awsSdkV3Client is an object; it must be a DynamoDBClient'],
    [
      'hashFunction',
      'sha-wrong',
      'hashFunction is "sha-wrong"; it must be a hash function of Node\'s crypto',
    ],
    ['afterError', 'keep', 'afterError is "keep"; it must be "delete" or "release"'],
    ['consumer', '', 'consumer is ""; it must be a text that is not empty'],
  ])('are refused for %s %j with an error that names the fix', (name, value, message) => {
    const make = () => layer({ [name]: value });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
  });

  it('treat an undefined option as absent', () => {
    expect(() => layer({ sortKeyAttr: undefined, afterError: undefined })).not.toThrow();
  });
});

describe('the configuration', () => {
  it.each([
    [{ expiresAfterSeconds: 0 }, 'expiresAfterSeconds is 0; it must be a whole number of seconds, 1 or more'],
    [{ expiresAfterSeconds: -1 }, 'expiresAfterSeconds is -1; it'],
    [{ expiresAfterSeconds: 0.5 }, 'expiresAfterSeconds is 0.5; it'],
    [{ expiresAfterSeconds: Number.NaN }, 'expiresAfterSeconds is NaN; it'],
    [{ expiresAfterSeconds: '60' as never }, 'expiresAfterSeconds is "60"; it'],
    [{ hashFunction: 'crc' }, 'hashFunction is "crc"; it must be'],
    [{ useLocalCache: 'yes' as never }, 'useLocalCache is "yes"; it must be true or false'],
    [{ useLocalCache: true, maxLocalCacheSize: 0 }, 'maxLocalCacheSize is 0; it must be'],
    [{ responseHook: 'hook' as never }, 'responseHook is "hook"; it must be a function'],
    [{ eventKeyJmesPath: 7 as never }, 'eventKeyJmesPath is 7; it must be a JMESPath expression'],
    [{ eventKeyJmesPath: 'a[' }, 'eventKeyJmesPath is "a[", which is not a JMESPath expression'],
    [{ eventKeyJmesPath: 'none(a)' }, 'eventKeyJmesPath is "none(a)", which is not a JMESPath expression'],
    [{ payloadValidationJmesPath: 'a b' }, 'payloadValidationJmesPath is "a b", which is not a JMESPath'],
    [{ payloadValidationJmesPath: 7 as never }, 'payloadValidationJmesPath is 7; it must be'],
  ])('is refused for %j when the function is created, each time, with an error that names the fix', (options, message) => {
    const store = layer();
    const configure = () => store.configure({ config: new IdempotencyConfig(options), keyPrefix: 'p' });
    expect(configure).toThrow(ConfigurationError);
    expect(configure).toThrow(message);
    const config = new IdempotencyConfig(options);
    const handler = async () => 'ran';
    expect(() => makeDurableIdempotent(handler, { persistenceStore: layer(), config })).toThrow(message);
  });

  it.each<ConstructorParameters<typeof IdempotencyConfig>[0]>([
    { eventKeyJmesPath: 'powertools_json(body).id' },
    { eventKeyJmesPath: 'a || b | c', payloadValidationJmesPath: '[amount, currency]' },
    { eventKeyJmesPath: '', payloadValidationJmesPath: '' },
    { useLocalCache: true, maxLocalCacheSize: 1, responseHook: (response) => response },
    { hashFunction: 'sha512', expiresAfterSeconds: 1 },
  ])('is accepted with %j', (options) => {
    expect(() => layer().configure({ config: new IdempotencyConfig(options) })).not.toThrow();
  });

  it.each([
    [{ eventKeyJmesPath: 'b' }, 'eventKeyJmesPath is "b" and was "a" in the first configuration'],
    [{ payloadValidationJmesPath: 'b' }, 'payloadValidationJmesPath is "b" and was undefined in'],
    [{ expiresAfterSeconds: 5 }, 'expiresAfterSeconds is 5 and was 3600 in'],
    [{ hashFunction: 'sha512' }, 'hashFunction is "sha512" and was "md5" in'],
    [{ useLocalCache: true }, 'useLocalCache is true and was false in'],
    [{ maxLocalCacheSize: 5 }, 'maxLocalCacheSize is 5 and was 1000 in'],
    [
      { jmesPathOptions: new (class extends PowertoolsFunctions {})() },
      'jmesPathOptions differ from the first',
    ],
  ])('is refused for a second function with %j, which Powertools would ignore', (options, message) => {
    const store = layer();
    store.configure({ config: new IdempotencyConfig({ eventKeyJmesPath: 'a' }) });
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'a', ...options });
    expect(() => store.configure({ config })).toThrow(message);
  });

  it('is refused for a second function with another key prefix', () => {
    const store = layer();
    const config = new IdempotencyConfig({});
    store.configure({ config, keyPrefix: 'payments' });
    expect(() => store.configure({ config, keyPrefix: 'other' })).toThrow(
      'keyPrefix is "other" and was "payments"',
    );
  });

  it('is accepted for two functions if it is the same', async () => {
    const persistenceStore = layer();
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', lambdaContext });
    const functions = ['a', 'b'].map((name) =>
      makeIdempotent(async (_: { id: string }) => name, { persistenceStore, config }),
    );
    expect(await Promise.all(functions.map((act, index) => act({ id: `two-${index}` })))).toEqual(['a', 'b']);
  });

  it('works with eventKeyJmesPath alone, and refuses every input without a key', async () => {
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'user', lambdaContext });
    let runs = 0;
    const act = makeIdempotent(
      async (_: { user?: string }) => {
        runs += 1;
        return runs;
      },
      { persistenceStore: layer(), config, keyPrefix: 'alone' },
    );
    expect(await act({ user: 'u' })).toBe(1);
    expect(await act({ user: 'u' })).toBe(1);
    await expect(act({})).rejects.toMatchObject({ cause: { name: 'IdempotencyKeyError' } });
    expect(runs).toBe(1);
  });
});

it('makeDurableIdempotent refuses a context that is not one of a durable function', async () => {
  const handler = makeDurableIdempotent(async () => 'ran', { persistenceStore: layer() });
  await expect(handler({}, lambdaContext as never)).rejects.toThrow(
    'The context has no executionContext.durableExecutionArn. Give the handler to withDurableExecution',
  );
});
