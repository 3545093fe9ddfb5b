import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { recordAttributes as attribute } from '../../contract/tables.ts';
import type { Item } from '../effects.ts';
import { marshallItem } from './dynamodb-values.ts';
import type { Completion } from './effect-store.ts';

/** Attributes that a completed record holds beside its key and the start of its first attempt. */
function completedAttributes(completion: Completion): Item {
  return {
    [attribute.status]: 'COMPLETED',
    [attribute.expiration]: completion.expiration,
    [attribute.validation]: completion.fingerprint,
    [attribute.attempt]: completion.attempt,
    [attribute.consumer]: completion.consumer,
    [attribute.source]: completion.source,
    [attribute.eventId]: completion.eventId,
    [attribute.messageGroup]: completion.messageGroup,
    [attribute.sequence]: completion.sequence,
    [attribute.guarantee]: 'exactly-once',
    [attribute.completedAt]: completion.now,
    [attribute.messageId]: completion.messageId,
  };
}

/**
 * The record's write. An Update, so that `attempts` and `first_attempt_at` of earlier tries stay. Its clauses:
 * - nobody applied it: the record is absent, or
 * - somebody tried or gave up, and this is the same event: RETRYING or QUARANTINED, the same fingerprint, and the
 *   record still counts. Without the fingerprint, a redrive with other content would pass for the event.
 *
 * ReturnValuesOnConditionCheckFailure is free, and tells a duplicate from a conflict without a second request.
 */
export function completeRecord(table: string, completion: Completion): TransactWriteItem {
  const present = Object.entries(completedAttributes(completion)).filter(([, value]) => value !== undefined);
  const sets = present.map((_, index) => `#a${index} = :a${index}`);
  return {
    Update: {
      TableName: table,
      Key: marshallItem({ [attribute.id]: completion.id }),
      UpdateExpression: `SET ${sets.join(', ')}, #first = if_not_exists(#first, :first)`,
      ConditionExpression:
        'attribute_not_exists(#id) OR ' +
        '(#status IN (:retrying, :quarantined) AND #expiration > :now AND #validation = :validation)',
      ExpressionAttributeNames: {
        ...Object.fromEntries(present.map(([name], index) => [`#a${index}`, name])),
        '#first': attribute.firstAttemptAt,
        '#id': attribute.id,
        '#status': attribute.status,
        '#expiration': attribute.expiration,
        '#validation': attribute.validation,
      },
      ExpressionAttributeValues: marshallItem({
        ...Object.fromEntries(present.map(([, value], index) => [`:a${index}`, value])),
        ':first': completion.now,
        ':now': Math.floor(completion.now / 1000),
        ':validation': completion.fingerprint,
        ':retrying': 'RETRYING',
        ':quarantined': 'QUARANTINED',
      }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/**
 * The record's write over one that has expired but that TTL has not deleted yet: a Put, because a new life begins
 * and nothing of the old one stays. Its condition is the expiration that was seen: of two deliveries that saw the
 * same corpse one wins, and the other finds the winner's record.
 */
export function replaceExpiredRecord(table: string, completion: Completion, seen: number): TransactWriteItem {
  return {
    Put: {
      TableName: table,
      Item: marshallItem({
        [attribute.id]: completion.id,
        [attribute.firstAttemptAt]: completion.now,
        ...completedAttributes(completion),
      }),
      ConditionExpression: '#expiration = :seen AND #expiration <= :now',
      ExpressionAttributeNames: { '#expiration': attribute.expiration },
      ExpressionAttributeValues: marshallItem({ ':seen': seen, ':now': Math.floor(completion.now / 1000) }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
