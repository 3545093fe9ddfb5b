import { StoreBusyError } from '../../handler/errors.ts';
import type { Delivery, RecordStore, Refusal } from '../../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../../stores/record-format.ts';

/** The token of no delivery. */
const nobody = '';

/**
 * The record of an event, without a permission to read: it releases the lease of an owner that does not exist. No record
 * accepts that, and the refusal shows the record.
 *
 * @returns `undefined` if there is no record.
 * @throws ConfigurationError if a later version wrote the record: what it says is not known here. StoreBusyError if the store
 *   is contended; whatever the store throws.
 */
export async function findRecord(mine: Delivery, store: RecordStore): Promise<Refusal | undefined> {
  const answer = await store.release({ ...mine, ownerToken: nobody }, 'Looks at the record', { change: 0 });
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  if (answer.kind !== 'fenced' || answer.record === undefined) return undefined;
  if (!isKnownFormat(answer.record)) throw laterFormat(mine.id, answer.record);
  return answer;
}
