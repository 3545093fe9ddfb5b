import {
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { recordAttributes as attribute, type RecordStatus } from '../../contract/tables.ts';
import { describe } from '../errors.ts';
import { requestTimeouts } from '../request-timeouts.ts';
import { writeOf } from './dynamodb-effects.ts';
import { completeRecord, replaceExpiredRecord } from './dynamodb-record.ts';
import { unmarshallItem } from './dynamodb-values.ts';
import type { CommitAnswer, EffectStore, StoredRecord } from './effect-store.ts';

/** Cancellation codes of effects that will never be taken as they are; a code that nobody knows is not one. */
const lasting = new Set(['ConditionalCheckFailed', 'ValidationError', 'ItemCollectionSizeLimitExceeded']);

/** Cancellation codes and errors that pass: DynamoDB Developer Guide, "Error handling with DynamoDB". */
const passing = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
]);

export interface DynamoDbEffectStoreOptions {
  /** Name of the record table. */
  readonly table: string;
  /** Default: a client of its own, with a bound on each request. */
  readonly client?: DynamoDBClient;
}

/** Commits records and effects with TransactWriteItems. */
export function dynamoDbEffectStore({ table, client }: DynamoDbEffectStoreOptions): EffectStore {
  const dynamoDb = client ?? new DynamoDBClient({ requestHandler: requestTimeouts });
  return {
    async commit(completion, effects, over) {
      let writes: ReturnType<typeof writeOf>[];
      try {
        writes = effects.map(writeOf);
      } catch (cause) {
        return {
          kind: 'refused',
          reason: `An effect has a value that DynamoDB does not take: ${describe(cause)}`,
          cause,
        };
      }
      const record =
        over === undefined
          ? completeRecord(table, completion)
          : replaceExpiredRecord(table, completion, over);
      try {
        await dynamoDb.send(new TransactWriteItemsCommand({ TransactItems: [record, ...writes] }));
        return { kind: 'committed' };
      } catch (error) {
        return answerOf(error);
      }
    },
  };
}

/**
 * What an error says of the commit. The record's own reason comes first: where its condition failed, nothing else
 * matters. A passing reason comes before a lasting one, which may be its consequence.
 */
function answerOf(error: unknown): CommitAnswer {
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? [];
    if (reasons[0]?.Code === 'ConditionalCheckFailed')
      return { kind: 'exists', record: recordOf(reasons[0]) };
    if (reasons.some(({ Code = '' }) => passing.has(Code))) return { kind: 'contended', cause: error };
    const index = reasons.findIndex(({ Code = '' }) => lasting.has(Code));
    if (index > 0) {
      const { Code, Message = '' } = reasons[index] as CancellationReason;
      return {
        kind: 'refused',
        reason: `Effect ${index} was refused: ${Code} ${Message}`.trim(),
        cause: error,
      };
    }
  }
  const name = error instanceof Error ? error.name : '';
  if (passing.has(name)) return { kind: 'contended', cause: error };
  if (name === 'ValidationException') return { kind: 'refused', reason: describe(error), cause: error };
  throw error;
}

function recordOf({ Item }: CancellationReason): StoredRecord | undefined {
  if (Item === undefined) return undefined;
  const record = unmarshallItem(Item);
  return {
    status: record[attribute.status] as RecordStatus,
    expiration: Number(record[attribute.expiration]),
    fingerprint: String(record[attribute.validation]),
    attempt: record[attribute.attempt] as string | undefined,
    messageId: record[attribute.messageId] as string | undefined,
  };
}
