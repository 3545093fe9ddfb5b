import { ConfigurationError } from './errors.ts';

/** Environment variables of a consumer's function: the constructs set them, and the runtime reads them. */
export const environmentNames = {
  /** The consumer's name without any prefix, for example `bookings`. See `checkConsumerName`. */
  consumerName: 'ORDER_ONCE_CONSUMER',
  /** The metrics' dimension `Service`: the name of the stack. */
  service: 'ORDER_ONCE_SERVICE',
  /** The guarantee that the construct names, if it does. */
  guarantee: 'ORDER_ONCE_GUARANTEE',
  recordsTable: 'RECORDS_TABLE_NAME',
  recordTtlSeconds: 'RECORD_TTL_SECONDS',
  queueUrl: 'QUEUE_URL',
  visibilityTimeoutSeconds: 'VISIBILITY_TIMEOUT_SECONDS',
  queueRetentionSeconds: 'QUEUE_RETENTION_SECONDS',
  maxReceiveCount: 'MAX_RECEIVE_COUNT',
  deadLetterQueueUrl: 'DEAD_LETTER_QUEUE_URL',
  onPoison: 'ON_POISON',
  /** `new`, or the date before which something else applied the events: see `historyText`. */
  history: 'ORDER_ONCE_HISTORY',
  tables: 'ORDER_ONCE_TABLES',
  /** Key of the hashes that stand for message groups in log lines. Not set: log lines have the groups themselves. */
  logGroupKey: 'ORDER_ONCE_LOG_GROUP_KEY',
} as const;

export type EnvironmentName = keyof typeof environmentNames;

/**
 * The value of an environment variable of the function.
 *
 * @param variable Its name, for example `QUEUE_URL`.
 * @throws ConfigurationError if it is not set. A function without its settings must not start.
 */
export function readEnvironment(variable: string): string {
  const value = readOptionalEnvironment(variable);
  if (value === undefined) {
    throw new ConfigurationError(
      `Environment variable ${variable} is not set. IdempotentConsumer and the grants of the tables set it; ` +
        'a function deployed without them has to set it itself.',
    );
  }
  return value;
}

/** The value of an environment variable of the function; `undefined` if it is not set or empty. */
export function readOptionalEnvironment(variable: string): string | undefined {
  // biome-ignore lint/style/noProcessEnv: the one place where a function's environment enters.
  return process.env[variable] || undefined;
}

export interface WholeNumbers {
  /** The unit, for example `"seconds"`. @default - a plain number */
  readonly unit?: string;
  readonly least: number;
  readonly most: number;
}

/**
 * Reads an environment variable of the function that holds a whole number.
 * @throws ConfigurationError that names the variable, its value and the range.
 */
export function readWholeNumber(variable: string, { unit, least, most }: WholeNumbers): number {
  const value = readEnvironment(variable);
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
  throw refusedVariable(
    variable,
    value,
    `a whole number${unit ? ` of ${unit}` : ''} from ${least} to ${most}`,
  );
}

/** @returns The error for a value that is not what the variable takes. */
export function refusedVariable(variable: string, value: string, wanted: string): ConfigurationError {
  return new ConfigurationError(`Environment variable ${variable} is "${value}"; it must be ${wanted}`);
}

/** A table that effects write to, as its stack describes it. */
export interface DeployedTable {
  /** The name in DynamoDB. */
  readonly tableName: string;
  /**
   * The names of the key attributes: the partition key, then the sort key, if the table has one. The runtime compares
   * them with the key that `createConsumer` declares, because a sort key that is missing in that declaration would lose
   * items.
   * @default - not known at synthesis, and not compared
   */
  readonly key?: readonly string[];
}

/** Tables by the names that `createConsumer` gives them. */
export type DeployedTables = Readonly<Record<string, DeployedTable>>;

/**
 * The value of the environment variable `ORDER_ONCE_TABLES`: JSON, for example
 * `{"seats":{"tableName":"Prod-Seats","key":["seat"]}}`. A name may be a CDK token, which is resolved at deployment.
 */
export function encodeTables(tables: DeployedTables): string {
  return JSON.stringify(tables);
}

/**
 * Reads the tables of this function from the environment variable `ORDER_ONCE_TABLES`. Returns no tables if it is not
 * set.
 * @throws ConfigurationError if the value does not have the form that `encodeTables` writes.
 */
export function readTables(): DeployedTables {
  // biome-ignore lint/style/noProcessEnv: the one place where a function's environment enters.
  const value = process.env[environmentNames.tables] ?? '{}';
  let tables: unknown;
  try {
    tables = JSON.parse(value);
  } catch {
    // Invalid JSON is refused below, like any other wrong value.
  }
  if (isObject(tables) && Object.values(tables).every(isDeployedTable)) return tables as DeployedTables;
  throw refusedVariable(
    environmentNames.tables,
    value,
    'JSON such as {"seats":{"tableName":"Prod-Seats","key":["seat"]}}',
  );
}

function isDeployedTable(value: unknown): value is DeployedTable {
  if (!isObject(value) || !isName(value.tableName)) return false;
  return value.key === undefined || (Array.isArray(value.key) && value.key.every(isName));
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** If this variable is set, Powertools switches idempotency off without any warning. */
const powertoolsSwitch = 'POWERTOOLS_IDEMPOTENCY_DISABLED';

/** The values that Powertools reads as "not disabled". */
const switchedOn = /^(|0|n|no|f|false|off)$/i;

/**
 * @throws ConfigurationError if the environment switches Powertools' idempotency off. A function that must not act
 *   twice must not start then.
 */
export function refuseDisabledIdempotency(): void {
  // biome-ignore lint/style/noProcessEnv: the one place where a function's environment enters.
  const value = process.env[powertoolsSwitch] ?? '';
  if (!switchedOn.test(value)) {
    throw new ConfigurationError(
      `Environment variable ${powertoolsSwitch} is "${value}": every call would run again, and none would be ` +
        'remembered. Remove it from the function.',
    );
  }
}
