import { AsyncLocalStorage } from 'node:async_hooks';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import { ConfigurationError } from '../../contract/errors.ts';

/** Of the context that the SDK for durable functions gives its handlers. */
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

/** The durable execution for which a persistence layer is being asked, as an ARN. */
export function executionAtWork(): string | undefined {
  return executions.getStore();
}

/**
 * Makes the handler of a durable function idempotent; its result goes to `withDurableExecution`.
 *
 * The execution, not the invocation, owns the record. A replay of the same execution continues, in whatever process it
 * runs. An execution that was started twice for one key runs once: the second one is refused, or gets the first one's
 * answer. Nobody takes the record over before `expiresAfterSeconds`, so that must be longer than an execution lasts.
 *
 * Powertools' own `makeIdempotent` does not tell a layer which execution asks: there any replay counts as the owner's.
 *
 * @throws ConfigurationError where the configuration cannot work; the handler throws it where its context is not one of
 *   a durable function.
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
    // Powertools lets every replay run, so it is not told of one: the record says whose it is.
    const idempotent = makeIdempotent(
      // Of what the handler calls, the execution is not the owner: two calls at once could have one key.
      (input: Event, _: Context) => executions.exit(() => handler(input, context)),
      options,
    );
    return await executions.run(execution, () => idempotent(event, context.lambdaContext));
  };
}
