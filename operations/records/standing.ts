import type { ListedRecord } from './list-attention.ts';

/**
 * What has become of a listed record:
 * - `waits`: its message is tried again, at the latest at its `nextTryAt`.
 * - `abandoned`: that time is over by more than 12 hours, so nobody works on it. Its message was deleted, or its consumer
 *   does not run.
 * - `undecided`: only an operator can say whether the effect happened.
 * - `kept`: the dead-letter queue has its copy.
 * - `lost`: the dead-letter queue has deleted the copy by now.
 */
export type Standing = 'waits' | 'abandoned' | 'undecided' | 'kept' | 'lost';

/**
 * How long after the latest time of its next try a message can still come, in ms: a handler may ask for 12 hours, the
 * longest time that SQS hides a message (AWS: "Amazon SQS visibility timeout").
 */
export const longestDelayMs = 12 * 3_600_000;

export interface StandingTerms {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The retention of the consumer's dead-letter queue. */
  readonly deadLetterRetentionSeconds: number;
}

/**
 * Tells what has become of a listed record. An entry of a dead letter ends with the letter: the copy's retention counts
 * from its arrival in the dead-letter queue, which is when the entry was written (AWS: "Amazon SQS dead-letter queues").
 */
export function standingOf(
  { state, status, since, nextTryAt }: Pick<ListedRecord, 'state' | 'status' | 'since' | 'nextTryAt'>,
  terms: StandingTerms,
): Standing {
  const ofLetter = isLost(since, terms) ? 'lost' : 'kept';
  switch (state) {
    case 'OUTCOME_UNKNOWN':
      return 'undecided';
    case 'RETRYING':
    case 'BLOCKED':
      return nextTryAt !== undefined && terms.now > nextTryAt + longestDelayMs ? 'abandoned' : 'waits';
    case 'QUARANTINED':
      // A claim keeps the entry, so the copy was redriven, and its message is in the source queue.
      return status === 'INPROGRESS' ? 'waits' : ofLetter;
    case 'DEAD_LETTER':
      return ofLetter;
  }
}

/** Whether the dead-letter queue has deleted a copy by now. @param since Milliseconds since the epoch: when it was listed. */
export function isLost(since: number, { now, deadLetterRetentionSeconds }: StandingTerms): boolean {
  return now > since + deadLetterRetentionSeconds * 1000;
}
