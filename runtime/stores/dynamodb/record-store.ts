import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Tries } from '../../../contract/retrying.ts';
import type { Contended, EffectStore, Exists, RecordStore, StoredRecord } from '../record-store.ts';
import { keyOf } from './expression.ts';
import { mayPass } from './passing-errors.ts';
import { type RecordWrite, readRecord } from './record.ts';
import * as steps from './steps.ts';

interface Written {
  readonly kind: 'written';
  readonly record: StoredRecord | undefined;
}

/** The steps of a record's life, each one conditional write. */
export function dynamoDbRecordStore(
  dynamoDb: DynamoDBClient,
  table: string,
): RecordStore & Pick<EffectStore, 'countAttempt'> {
  async function write(step: RecordWrite): Promise<'written' | Exists | Contended> {
    const answer = await writeAndShow(step, 'NONE');
    return answer.kind === 'written' ? 'written' : answer;
  }

  /** @param shown `UPDATED_NEW` shows what an Update has set; what a Put has set is known. */
  async function writeAndShow(
    step: RecordWrite,
    shown: 'NONE' | 'UPDATED_NEW',
  ): Promise<Written | Exists | Contended> {
    try {
      if (step.Put) {
        await dynamoDb.send(new PutItemCommand({ TableName: table, ...step.Put }));
        return { kind: 'written', record: readRecord(step.Put.Item) };
      }
      const update = { TableName: table, ...step.Update, ReturnValues: shown };
      const { Attributes } = await dynamoDb.send(new UpdateItemCommand(update));
      return { kind: 'written', record: readRecord(Attributes) };
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
    async release(delivery, lastError, failed) {
      const step = steps.release(delivery, lastError, failed);
      const answer = await writeAndShow(step, failed ? 'UPDATED_NEW' : 'NONE');
      if (answer.kind === 'written') return { kind: 'written', ...(failed && { tries: triesOf(answer) }) };
      if (answer.kind === 'contended') return answer;
      return answer.record === undefined ? { kind: 'written' } : { ...answer, kind: 'fenced' };
    },
    async countAttempt(delivery, lastError, over) {
      const answer = await writeAndShow(steps.countAttempt(delivery, lastError, over), 'UPDATED_NEW');
      return answer.kind === 'written' ? { kind: 'counted', ...triesOf(answer) } : answer;
    },
    holdUnknown: (delivery, seen, body, lastError) =>
      writeAsOwner(steps.holdUnknown(delivery, seen, body, lastError)),
    async quarantine(delivery, lastError, over) {
      const answer = await write(steps.quarantine(delivery, lastError, over));
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
  };
}

function triesOf({ record }: Written): Tries {
  return { attempts: record?.attempts ?? 0, firstAttemptAt: record?.firstAttemptAt ?? 0 };
}
