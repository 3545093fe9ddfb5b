import type { Delivery, Past, StoredRecord } from '../ports/record-store.ts';

/** @param record As it was before the delivery's write; none where that began the record's life. */
export function pastOf(record: StoredRecord | undefined, { now }: Pick<Delivery, 'now'>): Past {
  const { attempts = 0, firstAttemptAt = now, lastError } = record ?? {};
  return { attempts, firstAttemptAt, lastError };
}
