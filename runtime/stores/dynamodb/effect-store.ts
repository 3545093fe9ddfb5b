import {
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { describe } from '../../errors.ts';
import type { CommitAnswer, EffectStore } from '../record-store.ts';
import { writeOf } from './effects.ts';
import { passes } from './passing-errors.ts';
import { type RecordWrite, readRecord } from './record.ts';
import { dynamoDbRecordStore } from './record-store.ts';
import * as steps from './steps.ts';

/**
 * A request that takes longer than this is given up and, by the SDK, sent again with the same request token. A
 * healthy transaction takes tens of milliseconds; without a bound a dead connection would eat the invocation.
 */
const timeouts = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };

export interface DynamoDbEffectStoreOptions {
  /** Name of the record table. */
  readonly table: string;
  /** Default: a client of its own, with a bound on each request. */
  readonly client?: DynamoDBClient;
}

/** Records in a DynamoDB table; commits them together with effects by TransactWriteItems. */
export function dynamoDbEffectStore({ table, client }: DynamoDbEffectStoreOptions): EffectStore {
  const dynamoDb = client ?? new DynamoDBClient({ requestHandler: timeouts });
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
    const index = reasons.findIndex(({ Code = 'None' }) => Code !== 'None');
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
