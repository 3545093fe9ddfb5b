import type { ReasonCode } from '../../contract/reporting/reason-codes.ts';
import type { ListedRecord } from '../records/list-attention.ts';
import type { EventFacts, Path, Scene } from './facts.ts';
import { mappingOff, nameOf } from './find-by-record.ts';
import type { Finding } from './finding.ts';
import { commandOf } from './next-command.ts';

const configuration: ReasonCode = 'CONFIGURATION';

interface Terms extends Scene {
  readonly text: string;
  readonly ahead: readonly ListedRecord[];
  readonly hasSubjects: boolean;
}

/**
 * Says why an event may have no record. The order of the checks is the way of an event: its publication, the broker, the
 * queue, its group.
 */
export function findWithoutRecord(facts: EventFacts, terms: Terms): Finding {
  const { consumer, text, path, ahead } = terms;
  const { asked, decision } = facts;
  const event = nameOf(facts, text);
  const about = { consumer, event };
  if (decision !== undefined && 'wanted' in decision && !decision.wanted) {
    return { ...about, kind: 'ignored', says: `The consumer ignores events of type "${decision.type}".` };
  }
  if (asked?.publication.kind === 'not-sent') {
    return {
      ...about,
      kind: 'not-published',
      says: `It was never published: the journal ends before line ${asked.line}. Run the publication again with this journal.`,
      next: commandOf('publish', 'FILE', '--journal', 'JOURNAL'),
    };
  }
  if (path?.isSubscribed === false) {
    return {
      ...about,
      kind: 'subscription-lost',
      says:
        'The topic no longer sends to the queue of this consumer, so it misses every event. Deploy the stack again, then publish ' +
        'what it missed under the same ids.',
      next: commandOf('doctor'),
    };
  }
  if (path !== undefined && (path.mapping === undefined || !/^(Enabl|Creat|Updat)/.test(path.mapping))) {
    return mappingOff(consumer, event, path.mapping);
  }
  if (decision !== undefined && 'error' in decision) {
    const { code, message } = decision.error;
    if (code === configuration) {
      return {
        ...about,
        kind: 'waits-for-dependency',
        says: `The consumer cannot decide, and its messages wait: ${message}`,
      };
    }
    return {
      ...about,
      kind: 'refused',
      says: `The consumer refuses it (${code}: ${message}). Its messages go to the dead-letter queue.`,
      next: commandOf('dlq', 'ls', consumer),
    };
  }
  if (asked?.sameAsLine !== undefined) {
    return {
      ...about,
      kind: 'same-as-another',
      says:
        `The broker takes it for the event of line ${asked.sameAsLine}, which has the same id, and drops it if both come within five ` +
        'minutes. Publish it under an id of its own.',
    };
  }
  const first = ahead.find(({ messageGroup }) => messageGroup === asked?.messageGroup);
  if (first !== undefined) return behind(first, about);
  if (asked?.publication.kind === 'may-be-sent') {
    return {
      ...about,
      kind: 'may-be-unpublished',
      since: asked.publication.firstPublished,
      says: 'The publication stopped around this event, and the journal does not say whether it was sent. Run it again with this journal: a repeat does no harm.',
      next: commandOf('publish', 'FILE', '--journal', 'JOURNAL'),
    };
  }
  return notSeen(facts, about, terms);
}

function behind(first: ListedRecord, about: Pick<Finding, 'consumer' | 'event'>): Finding {
  const { messageGroup = '', eventId = first.id, lastError = 'its record does not say why' } = first;
  const isBlocked = first.state === 'BLOCKED' || first.blocked === first.messageId;
  return {
    ...about,
    kind: 'waits-in-group',
    since: first.since,
    until: first.nextTryAt,
    record: first.id,
    says: `It waits behind ${eventId} of the same group "${messageGroup}", which ${isBlocked ? 'blocks it' : 'is tried again'}: ${lastError}`,
    next: isBlocked ? commandOf('blocked', 'ls', about.consumer) : undefined,
  };
}

/** What cannot be told from here, with each cause that the facts do not exclude. */
function notSeen(
  { asked }: EventFacts,
  about: Pick<Finding, 'consumer' | 'event'>,
  { path, hasSubjects, text }: Terms,
): Finding {
  const wasAccepted = asked?.publication.kind === 'accepted';
  if (wasAccepted && path !== undefined && path.waiting > 0 && path.undelivered === 0) {
    return {
      ...about,
      kind: 'waits-in-queue',
      says: `It was published and has no record yet. It is probably among the ${messages(path.waiting)} of the queue, and is applied when its turn comes.`,
      next: commandOf('status'),
    };
  }
  const causes = [
    ...(wasAccepted ? [] : ['it was never published: give the file with --events, and its --journal']),
    ...(hasSubjects || asked !== undefined
      ? []
      : [
          `"${text}" is a subject, and this table has no index of subjects: give the event's id and --source`,
        ]),
    ...(path === undefined ? [] : causesOnTheWay(path)),
    'it was applied so long ago that its record has expired',
  ];
  return {
    ...about,
    kind: path !== undefined && path.undelivered > 0 && wasAccepted ? 'undelivered' : 'not-seen',
    says: `It was not seen here.${wasAccepted ? ' The topic has accepted it.' : ''}`,
    causes,
    next: undefined,
  };
}

function causesOnTheWay({ waiting, undelivered, hasFilter }: Path): string[] {
  return [
    ...(waiting > 0 ? [`it is among the ${messages(waiting)} of the queue`] : []),
    ...(undelivered > 0
      ? [
          `it is among the ${messages(undelivered)} that SNS could not deliver (the subscription's dead-letter queue)`,
        ]
      : []),
    ...(hasFilter ? ["the filter policy of the consumer's subscription drops it"] : []),
    'the broker dropped it as a repeat, because it had the deduplication id of another event',
  ];
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}
