import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Contended, Exists, RecordStore } from '../record-store.ts';
import { keyOf } from './expression.ts';
import { mayPass } from './passing-errors.ts';
import { type RecordWrite, readRecord } from './record.ts';
import * as steps from './steps.ts';

/** The steps of a record's life, each one conditional write. */
export function dynamoDbRecordStore(dynamoDb: DynamoDBClient, table: string): RecordStore {
  async function write(step: RecordWrite): Promise<'written' | Exists | Contended> {
    try {
      if (step.Put) await dynamoDb.send(new PutItemCommand({ TableName: table, ...step.Put }));
      else await dynamoDb.send(new UpdateItemCommand({ TableName: table, ...step.Update }));
      return 'written';
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) {
        return { kind: 'exists', record: readRecord(cause.Item) };
      }
      if (mayPass(cause)) return { kind: 'contended', cause };
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
      if (terms.carriedAttempt !== undefined) {
        // An Update cannot start first_attempt_at anew for one status and keep it for the others. So the later
        // deliveries of a message that an operator sent again cost two round trips.
        const again = await write(steps.claimAgain(delivery, terms, terms.carriedAttempt));
        if (again === 'written') return { kind: 'claimed' };
        if (again.kind === 'contended' || again.record?.status === 'OUTCOME_UNKNOWN') return again;
      }
      const answer = await write(steps.claim(delivery, terms));
      return answer === 'written' ? { kind: 'claimed' } : answer;
    },
    complete: (delivery, result) => writeAsOwner(steps.complete(delivery, result)),
    async release(delivery, lastError) {
      const answer = await writeAsOwner(steps.release(delivery, lastError));
      return answer.kind === 'fenced' && answer.record === undefined ? { kind: 'written' } : answer;
    },
    holdUnknown: (delivery, seen, body, lastError) =>
      writeAsOwner(steps.holdUnknown(delivery, seen, body, lastError)),
    async find(id) {
      const { Item } = await dynamoDb.send(
        new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true }),
      );
      return readRecord(Item);
    },
    resolveDone: (id, attempt, times) => writeAsOwner(steps.resolveDone(id, attempt, times)),
  };
}
