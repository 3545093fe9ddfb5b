import type { AttemptHistory } from '../../../contract/policies/retry-policy.ts';
import { describe, NeverEndedError, StoreBusyError } from '../../handler/errors.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { includingThisAttempt } from '../../stores/attempt-history.ts';
import type { Guarantee, Job, RecordTools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from '../record/delivery-attempt.ts';
import { type AttemptEnd, Lease } from '../record/lease.ts';
import { leaveUnstarted, SuspectAttempt } from '../record/suspect-attempt.ts';
import { externalGuarantee } from './external-effect.ts';

/** The parser has said what the body is. `took`: how long it took for that, in ms. */
export interface Read {
  readonly outcome: 'read';
  readonly took: number;
}

const policy = { name: 'at-least-once', onAmbiguous: 'retry' } as const;

/** Whatever a consumer's guarantee is: its parser does nothing outside, so what is unclear is tried again. */
export function guaranteeOfBodies(store: RecordStore | undefined): Guarantee<'external'> {
  return externalGuarantee(policy, store);
}

/**
 * Reads a body under a lease, as an attempt of that body: counted before for a suspect, since nothing is counted after a
 * parser that ends its process, else after a parser that failed. A body that was read has no attempts any more.
 *
 * @param read Runs the consumer's parser, and throws what it failed with.
 * @throws What `read` threw and was not counted; StoreBusyError where the store took no write in time; whatever it throws.
 */
export async function attemptToRead(job: Job, read: () => void, tools: RecordTools): Promise<Verdict | Read> {
  const { clock } = tools;
  const attempt = new DeliveryAttempt(job, policy.name, tools);
  const lease = new Lease(attempt);
  if (!job.countsBeforeHandler) {
    const claim = await lease.claim({ takeOver: true });
    if (!claim.claimed) return claim.verdict;
    const { past } = claim;
    if (!job.canStartHandler(past)) {
      await leaveUnstarted(lease, { wasCounted: false });
      return { outcome: 'tried', error: new NeverEndedError(), history: past };
    }
    return await readNow(past, (reason, end) => lease.end(reason, end));
  }
  const suspect = new SuspectAttempt(job, attempt, clock);
  return await suspect.run(async () => {
    const claim = await lease.claim({ takeOver: true }, true);
    if (!claim.claimed) return claim.verdict;
    const { past } = claim;
    if (!job.canStartHandler(past)) {
      await suspect.leave();
      return { outcome: 'tried', error: new NeverEndedError(), history: past };
    }
    if (clock.now() > job.latestHandlerStart)
      throw new StoreBusyError('the count took the time of the invocation');
    return await readNow(past, (reason, end) => suspect.end(reason, end));
  });

  async function readNow(
    past: AttemptHistory,
    end: (reason: string, end: AttemptEnd) => Promise<unknown>,
  ): Promise<Verdict | Read> {
    const from = clock.now();
    try {
      read();
    } catch (error) {
      const failed = job.isOwnFailure(error);
      try {
        await end(describe(error), { failed });
      } catch (cause) {
        // It is why the message is delivered again, whatever else failed on the way.
        job.warn('A failed attempt to read a body could not be counted', cause);
        throw error;
      }
      if (failed) return { outcome: 'tried', error, history: includingThisAttempt(past) };
      throw error;
    }
    const took = clock.now() - from;
    const markRead = () => end('The parser has read it', { failed: false, forgets: past.attempts });
    // Twice, and then the event goes first: the lease ends by itself.
    await markRead()
      .catch(markRead)
      .catch((cause: unknown) => job.warn('A body was read, and its record does not say so', cause));
    return { outcome: 'read', took };
  }
}
