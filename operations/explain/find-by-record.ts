import { decodeResult } from '../../runtime/stores/result.ts';
import { decisionIn } from '../decisions/decision.ts';
import type { SeenRecord } from '../records/record.ts';
import { haveOtherContent } from '../records/same-content.ts';
import { longestDelayMs } from '../records/standing.ts';
import type { EventFacts, Scene } from './facts.ts';
import { blockedFinding, deadLetterFinding, withDecision } from './find-dead-letter.ts';
import type { Finding } from './finding.ts';
import { commandOf } from './next-command.ts';

/** The event in the words of a person. */
export function nameOf({ asked, record, letters: [letter] }: EventFacts, text: string): string {
  return asked?.id ?? record?.eventId ?? letter?.eventId ?? record?.id ?? text;
}

/** What the record of an event says about it, and who decided about it. */
export function findByRecord(record: SeenRecord, facts: EventFacts, scene: Scene): Finding {
  return withDecision(findByStatus(record, facts, scene), record);
}

function findByStatus(record: SeenRecord, facts: EventFacts, scene: Scene): Finding {
  const { consumer, now } = scene;
  const event = nameOf(facts, record.id);
  const about = { consumer, event, record: record.id } as const;
  if (record.expiration !== undefined && record.expiration * 1000 <= now) {
    return {
      ...about,
      kind: 'expired',
      since: record.expiration * 1000,
      says: `Its record (${record.status}) has expired: whether the event was applied cannot be told any more. Look at your own data.`,
    };
  }
  switch (record.status) {
    case 'COMPLETED':
      return completed(record, facts, about);
    case 'QUARANTINED':
      if (record.attention === undefined) {
        return { ...about, kind: 'settled', says: 'It was given up, and nobody wants its copy any more.' };
      }
      return deadLetterFinding(record, event, scene);
    case 'OUTCOME_UNKNOWN':
      return {
        ...about,
        kind: 'unknown',
        since: record.attentionAt,
        says: `Its effect may have happened: ${reasonOf(record)}. Find out in the other system, then decide.`,
        next: commandOf('unknown', 'show', record.id),
      };
    case 'INPROGRESS':
      return inProgress(record, event, scene);
    case 'RETRYING':
      return retrying(record, event, scene);
  }
}

function completed(
  record: SeenRecord,
  { asked, decision }: EventFacts,
  about: Pick<Finding, 'consumer' | 'event' | 'record'>,
): Finding {
  const since = record.completedAt;
  if (
    decision !== undefined &&
    'key' in decision &&
    haveOtherContent(decision.fingerprint, record.fingerprint)
  ) {
    const same =
      asked?.sameAsLine === undefined ? '' : ` Line ${asked.sameAsLine} of the file has the same id.`;
    return {
      ...about,
      kind: 'same-as-another',
      since,
      says:
        'Other content was applied under this id, so this event takes no effect: the broker removed it, or it becomes a ' +
        `conflict.${same} Publish it under an id of its own.`,
    };
  }
  if (decisionIn(record)?.what === 'abandoned') {
    return {
      ...about,
      kind: 'settled',
      since,
      says: 'It was completed without its effect. Repeats are dropped.',
    };
  }
  const stale = staleEffects(record);
  const by = record.messageId === undefined ? '' : ` by message ${record.messageId}`;
  if (stale === 0)
    return { ...about, kind: 'applied', since, says: `It was applied${by}. Repeats are dropped.` };
  const count = stale === 1 ? 'One effect was' : `${stale} effects were`;
  return {
    ...about,
    kind: 'applied-in-part',
    since,
    says: `It was applied${by}. ${count} left out, because what is stored is newer: the event came late.`,
  };
}

function staleEffects({ result }: SeenRecord): number {
  if (result === undefined) return 0;
  const decoded = decodeResult(result);
  const { stale } = ('result' in decoded ? (decoded.result ?? {}) : {}) as { readonly stale?: unknown };
  return Array.isArray(stale) ? stale.length : 0;
}

function inProgress(record: SeenRecord, event: string, { consumer, now }: Scene): Finding {
  const about = { consumer, event, record: record.id, since: record.attentionAt };
  const { leaseUntil = 0 } = record;
  if (leaseUntil > now) {
    return { ...about, kind: 'running', until: leaseUntil, says: 'A delivery works on it now.' };
  }
  if (leaseUntil + longestDelayMs < now) return abandoned(record, event, consumer);
  return {
    ...about,
    kind: 'waits-for-retry',
    says:
      record.guarantee === 'at-most-once'
        ? 'Its delivery ended without a result. The next one asks an operator, because the effect may have happened.'
        : 'Its delivery ended without a result. The next one takes over.',
  };
}

function retrying(record: SeenRecord, event: string, scene: Scene): Finding {
  const { consumer, now, path } = scene;
  const { attempts = 0, attemptState, nextTryAt, blocked, messageId } = record;
  if (blocked !== undefined && blocked === messageId) return blockedFinding(record, event, scene);
  if (path?.mapping !== undefined && !/^(Enabl|Creat)/.test(path.mapping)) {
    return mappingOff(consumer, event, path.mapping);
  }
  if (nextTryAt !== undefined && nextTryAt + longestDelayMs < now) return abandoned(record, event, consumer);
  const about = {
    consumer,
    event,
    record: record.id,
    since: record.firstAttemptAt ?? record.attentionAt,
    until: nextTryAt,
  };
  const times = attempts === 1 ? 'Its first attempt' : `Attempt ${attempts}`;
  switch (attemptState) {
    case 'STARTED':
      return {
        ...about,
        kind: 'suspect',
        says: `${times} started and has not ended: it runs now, or the event ends its process. It is delivered alone until that is known.`,
      };
    case 'FAILED':
      return {
        ...about,
        kind: 'waits-for-retry',
        says: `${times} failed: ${reasonOf(record)}. After five, and at least a minute, it goes to the dead-letter queue.`,
      };
    case undefined:
      return {
        ...about,
        kind: 'waits-for-dependency',
        says: `It waits, and no attempt counts: ${reasonOf(record)}. It goes on when that has passed.`,
      };
  }
}

/** A message whose source queue hands out nothing. */
export function mappingOff(consumer: string, event: string, mapping: string | undefined): Finding {
  if (mapping === undefined) {
    return {
      consumer,
      event,
      kind: 'mapping-off',
      says: 'Its event source mapping is gone, so the function gets no messages. Deploy the stack again.',
    };
  }
  return {
    consumer,
    event,
    kind: 'mapping-off',
    says: `The event source mapping is ${mapping}, so the function gets no messages.`,
    next: commandOf('resume', consumer),
  };
}

function abandoned(record: SeenRecord, event: string, consumer: string): Finding {
  return {
    consumer,
    event,
    kind: 'abandoned',
    since: record.nextTryAt ?? record.leaseUntil,
    record: record.id,
    says:
      `Nobody works on it: its next try is more than 12 hours past (${reasonOf(record)}). SQS has deleted its message, or moved it ` +
      'to the dead-letter queue.',
    next: commandOf('dlq', 'ls', consumer),
  };
}

function reasonOf({ lastError = 'its record does not say why' }: SeenRecord): string {
  return lastError.replace(/[.\s]+$/, '');
}
