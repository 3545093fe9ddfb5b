import { AsyncLocalStorage } from 'node:async_hooks';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import { ConfigurationError } from '../../contract/errors.ts';

/** The part of a durable function's context that is used. */
export interface DurableExecution {
  readonly lambdaContext: Context;
  readonly executionContext: { readonly durableExecutionArn: string };
}

export interface DurableIdempotencyOptions {
  readonly persistenceStore: BasePersistenceLayer;
  readonly config?: IdempotencyConfig;
  readonly keyPrefix?: string;
}

const executions = new AsyncLocalStorage<string>();

/** The ARN of the durable execution that currently calls the persistence layer. */
export function executionAtWork(): string | undefined {
  return executions.getStore();
}

/**
 * Makes the handler of a durable function idempotent; its result goes to `withDurableExecution`.
 *
 * The execution, not the invocation, owns the record. A replay of the same execution continues in any process. A second
 * execution with the same key is refused, or gets the first one's answer. No execution takes over the record before
 * `expiresAfterSeconds`, which must therefore be longer than an execution lasts.
 *
 * Powertools' own `makeIdempotent` does not pass the execution to a layer, so any replay counts as the owner's.
 *
 * @throws ConfigurationError if the configuration is invalid. The handler throws it if its context is not one of a
 *   durable function.
 */
export function makeDurableIdempotent<Event, Durable extends DurableExecution, Result>(
  handler: (event: Event, context: Durable) => Promise<Result>,
  { persistenceStore, config = new IdempotencyConfig({}), keyPrefix }: DurableIdempotencyOptions,
): (event: Event, context: Durable) => Promise<Result> {
  const options = { persistenceStore, config, ...(keyPrefix !== undefined && { keyPrefix }) };
  persistenceStore.configure(options);
  return async (event, context) => {
    const execution = context?.executionContext?.durableExecutionArn;
    if (typeof execution !== 'string' || execution === '') {
      throw new ConfigurationError(
        'The context has no executionContext.durableExecutionArn. Give the handler to withDurableExecution, or use ' +
          "Powertools' makeIdempotent where the function is not durable.",
      );
    }
    // Powertools runs every replay, so the replay is hidden from it, and the record decides who the owner is.
    const idempotent = makeIdempotent(
      // The execution does not own the records of calls inside the handler, because two calls at once could have one
      // key.
      (input: Event, _: Context) => executions.exit(() => handler(input, context)),
      options,
    );
    return await executions.run(execution, () => idempotent(event, context.lambdaContext));
  };
}
