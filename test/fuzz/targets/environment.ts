import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type EnvironmentName,
  environmentNames,
  readEnvironment,
  refuseDisabledIdempotency,
} from '../../../contract/environment.ts';
import { ConfigurationError } from '../../../contract/errors.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { dependenciesFromEnvironment } from '../../../runtime/consumer/dependencies-from-environment.ts';
import { atLeastOnce, createConsumer, exactlyOnce } from '../../../runtime/index.ts';
import { fakeWiring } from '../../support/wiring.ts';
import { numerals, texts } from '../inputs/hostile.ts';
import { target } from '../target.ts';

type Environment = Partial<Record<EnvironmentName | 'powertools', string>>;

const powertools = 'POWERTOOLS_IDEMPOTENCY_DISABLED';
const needed: readonly EnvironmentName[] = [
  'recordsTable',
  'queueUrl',
  'deadLetterQueueUrl',
  'visibilityTimeoutSeconds',
  'recordTtlSeconds',
  'queueRetentionSeconds',
  'maxReceiveCount',
  'onPoison',
];

// No process can be given a NUL.
const values = fc
  .oneof(texts, numerals, fc.constantFrom('', ' ', '60', '86400', '1e9', '0x100', '3600', '3601'))
  .map((text) => text.replaceAll('\0', '').toWellFormed());

const environments: fc.Arbitrary<Environment> = fc.record(
  {
    ...Object.fromEntries(needed.map((name) => [name, values])),
    visibilityTimeoutSeconds: fc.oneof(fc.constant('180'), values),
    recordTtlSeconds: fc.oneof(fc.constant('3888000'), values),
    queueRetentionSeconds: fc.oneof(fc.constant('345600'), values),
    maxReceiveCount: fc.oneof(fc.constant('1000'), values),
    onPoison: fc.oneof(fc.constantFrom('block', 'quarantine'), values),
    powertools: values,
  },
  { requiredKeys: [] },
);

/** A function starts with settings that it can work with, or not at all, and says which one is wrong. */
export const environment = target<{
  readonly given: Environment;
  readonly name: string;
  readonly number: number;
}>({
  name: 'environment',
  runs: 1_000,
  inputs: fc.record({
    given: environments,
    name: fc.oneof(fc.constant('fulfilment'), texts),
    number: fc.double(),
  }),
  check: ({ given, name, number }) =>
    withEnvironment(given, () => {
      for (const one of needed) {
        const value = orRefused(() => readEnvironment(environmentNames[one]), environmentNames[one]);
        assert.equal(value, given[one] || undefined);
      }
      const wiring = orRefused(dependenciesFromEnvironment, ...needed.map((one) => environmentNames[one]));
      if (wiring !== undefined) {
        const { visibilityTimeoutSeconds, recordTtlSeconds, queueRetentionSeconds } = wiring;
        assert.ok(Number.isSafeInteger(queueRetentionSeconds) && queueRetentionSeconds >= 60);
        assert.ok(Number.isSafeInteger(wiring.maxReceiveCount) && wiring.maxReceiveCount > 0);
        assert.ok(['block', 'quarantine'].includes(wiring.onPoison));
        assert.ok(Number.isSafeInteger(visibilityTimeoutSeconds) && visibilityTimeoutSeconds > 0);
        assert.ok(Number.isSafeInteger(recordTtlSeconds) && recordTtlSeconds >= 23 * 86_400);
      }
      orRefused(refuseDisabledIdempotency, powertools);
      const options = { name, parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] };
      const made = orRefused(() => createConsumer(options, fakeWiring()), 'name is');
      assert.equal(made !== undefined, /^[A-Za-z0-9_-]{1,64}$/.test(name));
      orRefused(
        () => createConsumer({ ...options, name: 'a', concurrency: number }, fakeWiring()),
        'concurrency',
      );
      const guarantee = orRefused(
        () => atLeastOnce({ providerKeyRetention: number }),
        'providerKeyRetention',
      );
      assert.equal(guarantee !== undefined, number >= 10_000);
    }),
});

function orRefused<T>(read: () => T, ...names: readonly string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    assert.ok(
      names.some((name) => error.message.includes(name)),
      error.message,
    );
    return undefined;
  }
}

function withEnvironment(given: Environment, run: () => void): void {
  const variables: Readonly<Record<string, string>> = { ...environmentNames, powertools };
  const { env } = process;
  const before = { ...env };
  try {
    for (const variable of Object.values(variables)) delete env[variable];
    for (const [name, value] of Object.entries(given)) env[variables[name] ?? name] = value;
    run();
  } finally {
    for (const variable of Object.values(variables)) {
      delete env[variable];
      if (before[variable] !== undefined) env[variable] = before[variable];
    }
  }
}
