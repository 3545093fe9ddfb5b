import type { CloudEvent } from '../../contract/event.ts';
import { DeadlineError, describe, NotDone, PermanentError, StoreBusyError } from '../errors.ts';
import { UnclearError } from '../http/unclear-error.ts';
import type { Task, Tools, Verdict } from './guarantee.ts';
import { judge } from './judge.ts';
import { Lease, triesOf } from './lease.ts';
import { needsReopening, reopen } from './reopen.ts';
import { pause } from './retry.ts';

/** What says nothing of the event: wait, no time, and systems that gave no answer. A permanent error is no attempt. */
const blameless = [NotDone, DeadlineError, StoreBusyError, UnclearError, PermanentError];

/** Whether an attempt that ended so failed by the event's own fault, as far as can be told. */
export function isOwnFailure(error: unknown): boolean {
  return !blameless.some((kind) => error instanceof kind);
}

/**
 * Counts an attempt whose handler failed under exactly-once, which has written nothing yet. A failure costs a write, so
 * that a success costs none: who counted before each handler would pay for every event. `CountAttempt` in
 * spec/OrderOnce.tla.
 *
 * @returns That it was tried, or what the record says to this delivery: a duplicate is one, even if its handler fails.
 * @throws `error`, where it could not be counted: it is why the message comes again.
 */
export async function countAttempt(
  task: Task<CloudEvent>,
  error: unknown,
  { store, ...tools }: Tools,
): Promise<Verdict> {
  const lease = new Lease(task, 'exactly-once', { ...tools, store });
  const budget = { ...tools, deadline: task.deadline };
  const reason = describe(error);
  let over: number | undefined;
  try {
    for (let tries = 0; ; tries++) {
      const mine = lease.delivery();
      const answer = await store.countAttempt(mine, reason, over);
      if (answer.kind === 'counted') return { outcome: 'tried', error, tries: answer };
      if (answer.kind === 'exists') {
        const { record } = answer;
        const isCounted = record?.attempt === mine.attempt && record.status === 'RETRYING';
        if (isCounted) return { outcome: 'tried', error, tries: triesOf(record) };
        const terms = { takeOver: true, carriedAttempt: task.carriedAttempt };
        const finding = judge(answer, mine, terms);
        if (finding.kind === 'verdict') return finding.verdict;
        // No commit mends the record of a handler that always fails: left as it is, nothing would ever be counted.
        if (finding.kind === 'unclear') {
          const { stands } = await lease.hold(finding.record, finding.reason);
          if (stands) return { outcome: 'unknown', reason: finding.reason };
        }
        if (finding.kind === 'again' && needsReopening(finding.record)) await reopen(lease, terms);
        // What was mended, or changed meanwhile, is the next delivery's to count.
        if (finding.kind !== 'again' || finding.over === over) throw error;
        over = finding.over;
      }
      await pause(tries, answer, budget);
    }
  } catch {
    throw error;
  }
}
