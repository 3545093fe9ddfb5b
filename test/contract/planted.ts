import { recordAttributes as attribute } from '../../contract/tables.ts';
import type { StoredRecord } from '../../runtime/stores/record-store.ts';

/** The attributes of a record that a test writes around the store, by the names that every store keeps them under. */
export function plantedAttributes(record: StoredRecord): Record<string, string | number | undefined> {
  return {
    [attribute.status]: record.status,
    [attribute.validation]: record.fingerprint,
    [attribute.expiration]: record.expiration,
    [attribute.attempt]: record.attempt,
    [attribute.attempts]: record.attempts,
    [attribute.firstAttemptAt]: record.firstAttemptAt,
    [attribute.inProgressExpiration]: record.leaseUntil,
    [attribute.guarantee]: record.guarantee,
    [attribute.messageId]: record.messageId,
    [attribute.messageGroup]: record.messageGroup,
    [attribute.data]: record.result,
    [attribute.lastError]: record.lastError,
    [attribute.body]: record.body,
    [attribute.skip]: record.skip,
  };
}
