import {
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { describe } from '../../errors.ts';
import { requestTimeouts } from '../../request-timeouts.ts';
import type { CommitAnswer, EffectStore } from '../record-store.ts';
import { writeOf } from './effects.ts';
import { passes } from './passing-errors.ts';
import { type RecordWrite, readRecord } from './record.ts';
import { dynamoDbRecordStore } from './record-store.ts';
import * as steps from './steps.ts';

/** Cancellation codes of effects that will never be taken as they are; a code that nobody knows is not one. */
const lasting = new Set(['ConditionalCheckFailed', 'ValidationError', 'ItemCollectionSizeLimitExceeded']);

export interface DynamoDbEffectStoreOptions {
  /** Name of the record table. */
  readonly table: string;
  /** Default: a client of its own, with a bound on each request. */
  readonly client?: DynamoDBClient;
}

/** Records in a DynamoDB table; commits them together with effects by TransactWriteItems. */
export function dynamoDbEffectStore({ table, client }: DynamoDbEffectStoreOptions): EffectStore {
  const dynamoDb = client ?? new DynamoDBClient({ requestHandler: requestTimeouts });
  return {
    ...dynamoDbRecordStore(dynamoDb, table),
    async commit(delivery, effects, over) {
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
      try {
        const record = inTable(table, steps.commit(delivery, over));
        await dynamoDb.send(new TransactWriteItemsCommand({ TransactItems: [record, ...writes] }));
        return { kind: 'committed' };
      } catch (error) {
        return answerOf(error);
      }
    },
  };
}

function inTable(TableName: string, { Put, Update }: RecordWrite) {
  return Put ? { Put: { TableName, ...Put } } : { Update: { TableName, ...Update } };
}

/**
 * What an error says of the commit. The record's own reason comes first: where its condition failed, nothing else
 * matters. A passing reason comes before a lasting one, which may be its consequence.
 */
function answerOf(error: unknown): CommitAnswer {
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? [];
    if (reasons[0]?.Code === 'ConditionalCheckFailed') {
      return { kind: 'exists', record: readRecord(reasons[0].Item) };
    }
    if (reasons.some(({ Code }) => passes(Code))) return { kind: 'contended', cause: error };
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
  if (passes(name)) return { kind: 'contended', cause: error };
  if (name === 'ValidationException') return { kind: 'refused', reason: describe(error), cause: error };
  throw error;
}
