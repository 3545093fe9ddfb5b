import type { GuaranteeName, RecordStore } from '../../ports/record-store.ts';
import type { Job, Tools } from '../guarantee.ts';
import { DeliveryAttempt } from './delivery-attempt.ts';
import { findRecord } from './find-record.ts';

/**
 * Whether the record of an event says that somebody began it, and that it was not applied: it waits for another try, has an
 * owner or an outcome that nobody knows, or its copy is in the dead-letter queue.
 *
 * @throws What `findRecord` throws.
 */
export async function isUnfinished(
  job: Job,
  guarantee: GuaranteeName,
  tools: Omit<Tools, 'store'> & { readonly store: RecordStore },
): Promise<boolean> {
  const mine = new DeliveryAttempt(job, guarantee, tools).delivery();
  const { record, now = mine.now } = (await findRecord(mine, tools.store)) ?? {};
  if (record === undefined || record.status === 'COMPLETED') return false;
  return record.expiration === undefined || record.expiration > now / 1000;
}
