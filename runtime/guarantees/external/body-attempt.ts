import type { Clock } from '../../../contract/clock.ts';
import { describe, NeverEndedError, StoreBusyError } from '../../handler/errors.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { includingThisAttempt } from '../../stores/attempt-history.ts';
import type { Guarantee, Job, RecordTools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from '../record/delivery-attempt.ts';
import { Lease } from '../record/lease.ts';
import { SuspectAttempt } from '../record/suspect-attempt.ts';
import { externalGuarantee } from './external-effect.ts';

/** The parser has read the body. */
export interface Read {
  readonly outcome: 'read';
  /** The time of the parser. */
  readonly tookMs: number;
}

const policy = { name: 'at-least-once', onAmbiguous: 'retry' } as const;

/**
 * The guarantee for reading a body, under every guarantee of the consumer. A parser has no effect outside, so an
 * unclear attempt is repeated.
 */
export function guaranteeOfBodies(store: RecordStore | undefined): Guarantee<'external'> {
  return externalGuarantee(policy, store);
}

/**
 * Reads a body under a lease, as an attempt of that body. For a suspect the attempt is counted before the parser,
 * because a parser that ends its process cannot be counted afterwards. Otherwise it is counted after the parser failed.
 * A successful read resets the attempts.
 *
 * @param read Runs the consumer's parser, and throws the parser's error.
 * @throws The error of `read` if it was not counted; StoreBusyError if the store accepted no write in time; the error
 *   of the store.
 */
export async function attemptToRead(job: Job, read: () => void, tools: RecordTools): Promise<Verdict | Read> {
  const attempt = new DeliveryAttempt(job, policy.name, tools);
  const lease = new Lease(attempt);
  if (!job.countsBeforeHandler) return await readUnderLease(job, read, { lease }, tools.clock);
  const suspect = new SuspectAttempt(job, attempt, tools.clock);
  return await suspect.run(() => readUnderLease(job, read, { lease, suspect }, tools.clock));
}

/** @param suspect If the attempt is counted before the parser. */
async function readUnderLease(
  job: Job,
  read: () => void,
  { lease, suspect }: { readonly lease: Lease; readonly suspect?: SuspectAttempt },
  clock: Clock,
): Promise<Verdict | Read> {
  const claim = await lease.claim({ takeOver: true }, suspect !== undefined);
  if (!claim.claimed) return claim.verdict;
  const { past } = claim;
  const attempt = suspect ?? lease;
  if (!job.canStartHandler(past)) {
    await attempt.leave();
    return { outcome: 'tried', error: new NeverEndedError(), history: past };
  }
  const startedAt = clock.now();
  if (suspect && startedAt > job.latestHandlerStartAt)
    throw new StoreBusyError('the count of the attempt took all of the invocation');
  try {
    read();
  } catch (error) {
    const failed = job.isOwnFailure(error);
    try {
      await attempt.end(describe(error), { failed });
    } catch (cause) {
      // This error is the reason for the retry, even if the count failed too.
      job.warn('A failed attempt to read a body could not be counted', cause);
      throw error;
    }
    if (failed) return { outcome: 'tried', error, history: includingThisAttempt(past) };
    throw error;
  }
  const tookMs = clock.now() - startedAt;
  const end = { failed: false, forgets: past.attempts, isDone: true };
  const markRead = () => attempt.end('The parser has read it', end);
  // Two tries, because the event is more important: the lease ends by itself.
  await markRead()
    .catch(markRead)
    .catch((cause: unknown) => job.warn('A body was read, and its record does not say so', cause));
  return { outcome: 'read', tookMs };
}
