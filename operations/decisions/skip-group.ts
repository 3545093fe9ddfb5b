import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { idempotencyKey } from '../../contract/event/identity.ts';
import { isLetterKey } from '../../contract/record/attention.ts';
import { skip } from '../../runtime/operator/skip-blocked.ts';
import { dynamoDbEffectStore } from '../../runtime/stores/dynamodb/effect-store.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import { CannotLookError } from '../errors.ts';
import { getRecords } from '../records/find-records.ts';
import type { ListedRecord } from '../records/list-attention.ts';
import { listBlocked } from '../records/list-blocked.ts';
import { type Decision, writeDecision } from './decision.ts';

/** The message that blocks a group; `undefined` if none does. */
export async function blockerOf(
  { dynamoDb }: Pick<Aws, 'dynamoDb'>,
  { consumer, records }: Pick<ConsumerDescription, 'consumer' | 'records'>,
  group: string,
): Promise<ListedRecord | undefined> {
  const place = { table: partsOfArn(records).name, consumer };
  for await (const entry of listBlocked(dynamoDb, place, group)) return entry;
  return undefined;
}

/**
 * Skips the message that blocks a group: if its next delivery is still poison, it goes to the dead-letter queue, and the
 * group continues.
 *
 * @throws NotSkippableError if it blocks no more; CannotLookError if its record cannot be named.
 */
export async function skipBlocker(
  { dynamoDb }: Pick<Aws, 'dynamoDb'>,
  { records }: Pick<ConsumerDescription, 'records'>,
  blocker: ListedRecord,
  decision: Decision,
): Promise<void> {
  const table = partsOfArn(records).name;
  const id = recordOf(blocker);
  const [seen] = await getRecords(dynamoDb, table, [id]);
  if (seen !== undefined) await writeDecision(dynamoDb, table, seen, decision);
  const store = dynamoDbEffectStore({ table, client: dynamoDb });
  await skip({ store, id, messageId: blocker.messageId ?? '' });
}

/** The record that the runtime asks for a skip. A message without a record of its own asks that of its event's id. */
function recordOf({ id, consumer, source, eventId }: ListedRecord): string {
  if (!isLetterKey(id)) return id;
  if (source !== undefined && eventId !== undefined) return idempotencyKey(consumer, { source, id: eventId });
  throw new CannotLookError(`${id} names no event, so its message cannot be skipped: deploy a fix instead`);
}
