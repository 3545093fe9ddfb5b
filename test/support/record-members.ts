import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import type { StoredRecord } from '../../runtime/ports/record-store.ts';

/** The attributes of a record, by what a port of the runtime calls them: named here, and not by the adapter that is tested. */
export const recordMembers = {
  status: attribute.status,
  fingerprint: attribute.validation,
  expiration: attribute.expiration,
  ownerToken: attribute.attempt,
  attempts: attribute.attempts,
  attemptState: attribute.attemptState,
  firstAttemptAt: attribute.firstAttemptAt,
  leaseUntil: attribute.inProgressExpiration,
  guarantee: attribute.guarantee,
  messageId: attribute.messageId,
  messageGroup: attribute.messageGroup,
  result: attribute.data,
  lastError: attribute.lastError,
  body: attribute.body,
  messageAttributes: attribute.messageAttributes,
  blocked: attribute.blocked,
  bodySha256: attribute.bodySha256,
  skip: attribute.skip,
  attention: attribute.attention,
  attentionAt: attribute.attentionAt,
  attentionCode: attribute.attentionCode,
  nextTryAt: attribute.nextTryAt,
  format: attribute.format,
} as const satisfies Readonly<Record<keyof StoredRecord, string>>;
