import { setTimeout as delay } from 'node:timers/promises';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import {
  FencedPersistenceLayer,
  type FencedPersistenceLayerOptions,
} from '../../../runtime/powertools/index.ts';
import { deferred } from '../../support/deferred.ts';
import { tables } from '../servers/dynamodb-local.ts';

export const keyPrefix = 'payments';
export type Input = { key: string; [name: string]: string };

/** One of the two layers, and time as it has it. */
export interface Kind {
  readonly name: string;
  layer(client: DynamoDBClient): BasePersistenceLayer;
  /** Lets a lease that a call with `leaseMs` took be over. */
  leaseIsOver(): Promise<void>;
  /** Lets a second pass, and with it the shortest life of a result. */
  resultIsOver(): Promise<void>;
}

export const leaseMs = 1;

export const plain: Kind = {
  name: 'plain Powertools',
  layer: (awsSdkV3Client) => new DynamoDBPersistenceLayer({ tableName: tables.records, awsSdkV3Client }),
  leaseIsOver: async () => {
    await delay(20);
  },
  resultIsOver: async () => {
    await delay(2100);
  },
};

/** The clock of every fenced layer of a test file; it only goes forward. */
export const clock = {
  passed: 0,
  now: () => Date.now() + clock.passed,
  sleep: async () => {},
};

export const fenced = (options: Partial<FencedPersistenceLayerOptions> = {}): Kind => ({
  name: 'the fenced layer',
  layer: (awsSdkV3Client) =>
    new FencedPersistenceLayer({ tableName: tables.records, awsSdkV3Client, clock, ...options }),
  leaseIsOver: async () => {
    // The lease, and the five seconds in which clocks may differ.
    clock.passed += leaseMs + 5000;
  },
  resultIsOver: async () => {
    clock.passed += 2000;
  },
});

export function contextOf(remaining: number): Context {
  return { getRemainingTimeInMillis: () => remaining } as Context;
}

export interface Call {
  readonly kind: Kind;
  readonly client: DynamoDBClient;
  /** Absent: no context is registered. */
  readonly remaining?: number;
  readonly config?: ConstructorParameters<typeof IdempotencyConfig>[0];
}

/** A function as a process of its own runs it: nothing is shared with another call but the table. */
export function processOf<Result>(
  { kind, client, remaining, config = {} }: Call,
  act: (input: Input) => Result | Promise<Result>,
): (input: Input) => Promise<Result> {
  const idempotencyConfig = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    throwOnNoIdempotencyKey: true,
    ...config,
    ...(remaining !== undefined && { lambdaContext: contextOf(remaining) }),
  });
  return makeIdempotent(async (input: Input) => await act(input), {
    persistenceStore: kind.layer(client),
    config: idempotencyConfig,
    keyPrefix,
  }) as (input: Input) => Promise<Result>;
}

/** What opens when a test says so. */
export function gate<T = void>() {
  const { promise, resolve, reject } = deferred<T>();
  return { passed: promise, open: resolve, fail: reject };
}

/** A call that has claimed its record and waits in its function. */
export async function atWork(call: Call, input: Input) {
  const started = gate();
  const end = gate<string>();
  const answer = processOf(call, () => {
    started.open();
    return end.passed;
  })({ ...input });
  // What it ends with is looked at later.
  answer.catch(() => {});
  await Promise.race([started.passed, answer]);
  return { answer, returns: end.open, throws: end.fail };
}
