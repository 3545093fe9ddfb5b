import type { Clock } from '../contract/clock.ts';
import type { Random } from '../contract/random.ts';
import type { Effect } from './effects.ts';
import { PermanentError, StoreBusyError, UnfinishedRecordError } from './errors.ts';
import type { Completion, EffectStore, StoredRecord } from './stores/effect-store.ts';

/** Backoff between tries of one commit, in ms: full jitter, doubling from `base` to `cap`. */
const backoff = { base: 25, cap: 1000 };

export type Verdict =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'duplicate'; readonly appliedWith: string | undefined }
  | { readonly outcome: 'conflict'; readonly applied: string; readonly received: string };

export interface ExactlyOnceOptions {
  readonly store: EffectStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds since the epoch: what could not be decided is not tried again after it. */
  readonly deadline: number;
}

/**
 * Commits an event's effects with its record in one transaction: one round trip for a first delivery and one for a
 * duplicate. Without a commit nothing is written, so a crash at any point leaves either everything or nothing.
 *
 * @throws StoreBusyError where the store stayed contended until the deadline; PermanentError where it refuses the
 *   effects; UnfinishedRecordError; whatever the store throws, and then the commit may have happened.
 */
export async function applyExactlyOnce(
  completion: Completion,
  effects: readonly Effect[],
  { store, clock, random, deadline }: ExactlyOnceOptions,
): Promise<Verdict> {
  let over: number | undefined;
  for (let tries = 0; ; tries++) {
    const answer = await store.commit(completion, effects, over);
    if (answer.kind === 'committed') return { outcome: 'applied' };
    if (answer.kind === 'refused') throw new PermanentError(answer.reason, { cause: answer.cause });
    if (answer.kind === 'exists') {
      const finding = judge(answer.record, completion);
      if ('outcome' in finding) return finding;
      over = finding.over;
    }
    // An expired record is replaced at once; whoever meets another surprise after that gives way.
    if (answer.kind === 'exists' && tries === 0) continue;
    const delay = random.next() * Math.min(backoff.cap, backoff.base * 2 ** tries);
    if (clock.now() + delay > deadline) {
      throw new StoreBusyError(answer.kind === 'contended' ? answer.cause : 'the record kept changing');
    }
    await clock.sleep(delay);
  }
}

/** What a record that refused the commit means; `over` says with which expired life to try again. */
function judge(record: StoredRecord | undefined, mine: Completion): Verdict | { over: number | undefined } {
  if (record === undefined) return { over: undefined };
  // A commit of this delivery whose answer was lost: the token is made once per delivery, nobody else has it.
  if (record.attempt === mine.attempt) return { outcome: 'applied' };
  // TTL deletion lags by days: what has expired is gone, whether DynamoDB has deleted it or not.
  if (record.expiration <= mine.now / 1000) return { over: record.expiration };
  if (record.fingerprint !== mine.fingerprint) {
    return { outcome: 'conflict', applied: record.fingerprint, received: mine.fingerprint };
  }
  switch (record.status) {
    case 'COMPLETED':
      return { outcome: 'duplicate', appliedWith: record.messageId };
    case 'RETRYING':
    case 'QUARANTINED':
      // The commit accepts these: the record changed between the condition and now.
      return { over: undefined };
    default:
      throw new UnfinishedRecordError(record.status, mine.id);
  }
}
