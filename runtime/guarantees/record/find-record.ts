import { StoreBusyError } from '../../handler/errors.ts';
import type { Delivery, RecordStore, Refusal } from '../../ports/record-store.ts';

/** No attempt was ever counted as this. */
const nothing = 'No attempt is counted as this';

/**
 * The record of an event, without a permission to read: it takes back a count that was never made. No record accepts that,
 * and the refusal shows the record.
 *
 * @returns `undefined` if there is no record.
 * @throws StoreBusyError if the store is contended; whatever the store throws.
 */
export async function findRecord(mine: Delivery, store: RecordStore): Promise<Refusal | undefined> {
  const answer = await store.release(mine, nothing, { change: 0, countedAs: nothing });
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  return answer.kind === 'fenced' && answer.record !== undefined ? answer : undefined;
}
