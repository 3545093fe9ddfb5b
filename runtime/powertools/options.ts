import { createHash } from 'node:crypto';
import type { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../contract/clock.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import type { Random } from '../../contract/random.ts';
import type { Output } from '../ports/output.ts';

export interface FencedPersistenceLayerOptions {
  /** A table with the string partition key `id` and the TTL attribute `expiration`. */
  readonly tableName: string;
  /** Default: a new client with a time limit on each request. */
  readonly awsSdkV3Client?: DynamoDBClient;
  /**
   * Hash of key and payload. Set `md5` to find records of plain Powertools' default. Default: the configuration's, and
   * `sha256` if that is `md5` or not set.
   */
  readonly hashFunction?: string;
  /**
   * What happens to the record if the function throws. `release`: the record keeps its payload and its first attempt
   * for the next call with the same payload. Default: `delete`, like Powertools.
   */
  readonly afterError?: 'delete' | 'release';
  /** A name that is stored in each record of a shared table. Default: none. */
  readonly consumer?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Gets a line of JSON for each record that could not be deleted or released. Default: standard output. */
  readonly output?: Output;
}

const attributesAreFixed =
  'the names of the attributes are fixed (id, status, expiration, in_progress_expiration, data, validation). ' +
  'Leave it out, and use a table with the partition key id';
const keyIsSimple = 'the table has the partition key id and no sort key. Leave it out';

/** Options of Powertools' own layers that this one does not have, with the alternative. */
const unsupported: Readonly<Record<string, string>> = {
  keyAttr: attributesAreFixed,
  statusAttr: attributesAreFixed,
  expiryAttr: attributesAreFixed,
  inProgressExpiryAttr: attributesAreFixed,
  dataAttr: attributesAreFixed,
  validationKeyAttr: attributesAreFixed,
  sortKeyAttr: keyIsSimple,
  staticPkValue: keyIsSimple,
  clientConfig: 'give awsSdkV3Client: new DynamoDBClient(clientConfig) instead',
  client: 'give awsSdkV3Client, a DynamoDBClient; records are not kept in a cache',
};

const supported: Readonly<Record<keyof FencedPersistenceLayerOptions, true>> = {
  tableName: true,
  awsSdkV3Client: true,
  hashFunction: true,
  afterError: true,
  consumer: true,
  clock: true,
  random: true,
  output: true,
};

/** @throws ConfigurationError that names the option, its value and the fix. */
export function checkLayerOptions(options: FencedPersistenceLayerOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(supported, name)) continue;
    const known = Object.hasOwn(unsupported, name) ? unsupported[name] : undefined;
    const instead = known ?? `it is unknown. Known are ${Object.keys(supported).join(', ')}`;
    throw new ConfigurationError(`Option ${name} (${shown(value)}) is not supported: ${instead}.`);
  }
  const { tableName, awsSdkV3Client: client, hashFunction, afterError, consumer } = options;
  expect('tableName', tableName, isText(tableName), 'the name or the ARN of a table');
  expect('awsSdkV3Client', client, client === undefined || isClient(client), 'a DynamoDBClient');
  expect('hashFunction', hashFunction, hashFunction === undefined || isHash(hashFunction), hashes);
  expect(
    'afterError',
    afterError,
    [undefined, 'delete', 'release'].includes(afterError),
    '"delete" or "release"',
  );
  expect('consumer', consumer, consumer === undefined || isText(consumer), 'a text that is not empty');
}

/** @throws ConfigurationError that names the option of the IdempotencyConfig, its value and the fix. */
export function checkConfig(config: IdempotencyConfig): void {
  const { eventKeyJmesPath, payloadValidationJmesPath, expiresAfterSeconds, hashFunction } = config;
  expect('eventKeyJmesPath', eventKeyJmesPath, typeof eventKeyJmesPath === 'string', 'a JMESPath expression');
  expect(
    'payloadValidationJmesPath',
    payloadValidationJmesPath,
    payloadValidationJmesPath === undefined || typeof payloadValidationJmesPath === 'string',
    'a JMESPath expression, or absent',
  );
  expect(
    'expiresAfterSeconds',
    expiresAfterSeconds,
    isCount(expiresAfterSeconds),
    'a whole number of seconds, 1 or more; within them a retry gets the first answer',
  );
  expect('hashFunction', hashFunction, isHash(hashFunction), hashes);
  const { useLocalCache, maxLocalCacheSize, responseHook } = config;
  expect('useLocalCache', useLocalCache, typeof useLocalCache === 'boolean', 'true or false');
  expect('maxLocalCacheSize', maxLocalCacheSize, isCount(maxLocalCacheSize), 'a whole number of 1 or more');
  const isHook = responseHook === undefined || typeof responseHook === 'function';
  expect('responseHook', responseHook, isHook, 'a function, or absent');
}

/** The settings that Powertools reads only from the first configuration of a layer. */
const settledAtFirst = [
  'eventKeyJmesPath',
  'payloadValidationJmesPath',
  'expiresAfterSeconds',
  'hashFunction',
  'useLocalCache',
  'maxLocalCacheSize',
] as const;

export type Settings = Pick<IdempotencyConfig, (typeof settledAtFirst)[number] | 'jmesPathOptions'>;

/**
 * @throws ConfigurationError if two functions share a layer with different settings, because the second one would run
 *   with the first one's.
 */
export function refuseOtherConfig(first: Settings, config: Settings): void {
  const functionsOf = ({ jmesPathOptions }: Settings) => jmesPathOptions?.customFunctions?.constructor;
  const other = settledAtFirst.find((name) => first[name] !== config[name]);
  const isSame = other === undefined && functionsOf(first) === functionsOf(config);
  if (isSame) return;
  const difference =
    other === undefined
      ? 'jmesPathOptions differ from'
      : `${other} is ${shown(config[other])} and was ${shown(first[other])} in`;
  throw new ConfigurationError(
    `${difference} the first configuration of this persistence layer, which stays in force. Make a persistence layer ` +
      'for each idempotent function.',
  );
}

const hashes = "a hash function of Node's crypto, sha256 for instance";

function expect(name: string, value: unknown, isValid: boolean, wanted: string): void {
  if (!isValid) throw new ConfigurationError(`${name} is ${shown(value)}; it must be ${wanted}.`);
}

/** The errors of an expression that do not depend on the input. */
const invalidExpression = new Set([
  'LexerError',
  'ParseError',
  'IncompleteExpressionError',
  'EmptyExpressionError',
  'UnknownFunctionError',
  'ArityError',
  'VariadicArityError',
]);

/**
 * @param evaluate Evaluates the expression on any input.
 * @throws ConfigurationError for an invalid expression.
 */
export function checkExpression(name: string, expression: string | undefined, evaluate: () => void): void {
  try {
    evaluate();
  } catch (cause) {
    const { name: error } = cause as Error;
    if (!invalidExpression.has(error)) return;
    throw new ConfigurationError(
      `${name} is "${expression}", which is not a JMESPath expression (${error}). Correct it in the ` +
        'IdempotencyConfig.',
      { cause },
    );
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isHash(name: unknown): boolean {
  try {
    return createHash(name as string) !== undefined;
  } catch {
    return false;
  }
}

function isClient(client: unknown): boolean {
  return typeof client === 'object' && client !== null && 'send' in client && 'config' in client;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
