import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context } from 'aws-lambda';
import { sha256 } from '../../contract/event/identity.ts';
import type { GuaranteeMaker } from '../actors/part.ts';
import { type DynamoDbRunStore, dynamoDbRunStore, recordTable } from '../ports/dynamodb.ts';
import type { World } from '../world/world.ts';

/** By world, because each run has its own table. */
const stores = new WeakMap<World, DynamoDbRunStore>();

/**
 * Replaces the lease by Powertools: an ordinary handler under `makeIdempotent` with Powertools' own persistence layer.
 */
export const powertools: GuaranteeMaker = (process, world) => {
  const store = stores.get(world) ?? dynamoDbRunStore(world, {});
  stores.set(world, store);
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: recordTable,
    awsSdkV3Client: store.client,
  });
  return {
    name: 'at-most-once',
    kind: 'external',
    store: undefined,
    async settle({ event, identity, endsAt }, handle, { clock }) {
      const config = new IdempotencyConfig({ eventKeyJmesPath: 'key', throwOnNoIdempotencyKey: true });
      config.registerLambdaContext({ getRemainingTimeInMillis: () => endsAt - clock.now() } as Context);
      let applied = false;
      const call = makeIdempotent(
        async ({ key }: { readonly key: string }) => {
          const { signal } = new AbortController();
          applied = true;
          const context = { idempotencyKey: sha256(key), remainingTime: () => endsAt - clock.now(), signal };
          return (await handle(event, context)) ?? null;
        },
        { persistenceStore, config },
      );
      try {
        await store.calling({ process, label: 'record' }, () => call({ key: identity.id }));
        if (applied) return { outcome: 'applied' };
        return { outcome: 'duplicate', appliedWith: undefined, result: undefined };
      } catch (error) {
        if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
        return { outcome: 'leased', leaseUntil: endsAt };
      }
    },
    async quarantine() {
      return true;
    },
    async findVerdict() {
      return undefined;
    },
    async refuse(_, error) {
      return { outcome: 'refused', error };
    },
    async isSkipped() {
      return false;
    },
  };
};
