import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Contended, EffectStore, Exists, RecordStore, StoredRecord } from '../../ports/record-store.ts';
import { historyOf } from '../attempt-history.ts';
import { keyOf } from './expression.ts';
import { historyPut, readHistoryItem } from './history.ts';
import { isTransient } from './passing-errors.ts';
import { type RecordWrite, readRecord } from './record.ts';
import * as steps from './steps.ts';

interface Written {
  readonly kind: 'written';
  readonly record: StoredRecord | undefined;
}

/** The steps of a record, each one conditional write. */
export function dynamoDbRecordStore(
  dynamoDb: DynamoDBClient,
  table: string,
): RecordStore & Pick<EffectStore, 'countAttempt'> {
  async function write(step: RecordWrite): Promise<'written' | Exists | Contended> {
    const answer = await writeAndShow(step, 'NONE');
    return answer.kind === 'written' ? 'written' : answer;
  }

  /**
   * @param shown `ALL_OLD` returns the record before an Update. A Put starts a new record, which has no earlier
   *   attempts.
   */
  async function writeAndShow(
    step: RecordWrite,
    shown: 'NONE' | 'ALL_OLD',
  ): Promise<Written | Exists | Contended> {
    try {
      if (step.Put) {
        await dynamoDb.send(new PutItemCommand({ TableName: table, ...step.Put }));
        return { kind: 'written', record: undefined };
      }
      const update = { TableName: table, ...step.Update, ReturnValues: shown };
      const { Attributes } = await dynamoDb.send(new UpdateItemCommand(update));
      return { kind: 'written', record: readRecord(Attributes) };
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) {
        return { kind: 'exists', record: readRecord(cause.Item) };
      }
      if (isTransient(cause)) return { kind: 'contended', cause };
      throw cause;
    }
  }

  async function writeAsOwner(step: RecordWrite) {
    const answer = await write(step);
    if (answer === 'written') return { kind: answer } as const;
    return answer.kind === 'exists' ? ({ kind: 'fenced', record: answer.record } as const) : answer;
  }

  return {
    async claim(delivery, terms) {
      if (terms.resendToken !== undefined) {
        // An Update cannot reset first_attempt_at for one status and keep it for others. So later deliveries of a
        // message that an operator sent again need two round trips.
        const again = await writeAndShow(steps.claimAgain(delivery, terms, terms.resendToken), 'ALL_OLD');
        if (again.kind === 'written') {
          return {
            kind: 'claimed',
            past: { ...historyOf(again.record, delivery.now), firstAttemptAt: delivery.now },
          };
        }
        if (again.kind === 'contended') return again;
      }
      const answer = await writeAndShow(steps.claim(delivery, terms), 'ALL_OLD');
      return answer.kind === 'written'
        ? { kind: 'claimed', past: historyOf(answer.record, delivery.now) }
        : answer;
    },
    complete: (delivery, result) => writeAsOwner(steps.complete(delivery, result)),
    async release(delivery, lastError, terms) {
      const answer = await writeAsOwner(steps.release(delivery, lastError, terms));
      return answer.kind === 'fenced' && answer.record === undefined ? { kind: 'written' } : answer;
    },
    async countAttempt(delivery, attempt, expectedExpiration) {
      const answer = await writeAndShow(steps.countAttempt(delivery, attempt, expectedExpiration), 'ALL_OLD');
      return answer.kind === 'written'
        ? { kind: 'counted', past: historyOf(answer.record, delivery.now) }
        : answer;
    },
    holdUnknown: (delivery, seen, kept, lastError) =>
      writeAsOwner(steps.holdUnknown(delivery, seen, kept, lastError)),
    async quarantine(delivery, reason, expectedExpiration) {
      const answer = await write(steps.quarantine(delivery, reason, expectedExpiration));
      return answer === 'written' ? { kind: 'quarantined' } : answer;
    },
    async find(id) {
      const { Item } = await dynamoDb.send(
        new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true }),
      );
      return readRecord(Item);
    },
    resolveDone: (id, attempt, times) => writeAsOwner(steps.resolveDone(id, attempt, times)),
    skip: (id, messageId) => writeAsOwner(steps.skip(id, messageId)),
    async block(id, messageId) {
      const answer = await writeAndShow(steps.block(id, messageId), 'ALL_OLD');
      if (answer.kind === 'written') return { kind: 'blocked', skip: answer.record?.skip };
      return answer.kind === 'exists' ? { kind: 'fenced', record: answer.record } : answer;
    },
    async list(message) {
      const answer = await write(steps.list(message));
      if (answer !== 'written' && answer.kind === 'contended') throw answer.cause;
    },
    async unlist(consumer, messageId, now) {
      const answer = await write(steps.unlist(consumer, messageId, now));
      if (answer !== 'written' && answer.kind === 'contended') throw answer.cause;
    },
    async recordHistory(history) {
      try {
        await dynamoDb.send(new PutItemCommand({ TableName: table, ...historyPut(history) }));
        return history;
      } catch (cause) {
        if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
        return readHistoryItem(cause.Item) ?? history;
      }
    },
  };
}
