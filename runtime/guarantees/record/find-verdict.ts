import { ConfigurationError } from '../../../contract/errors.ts';
import type { GuaranteeName, RecordStore } from '../../ports/record-store.ts';
import type { Job, Tools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from './delivery-attempt.ts';
import { findRecord } from './find-record.ts';
import type { InterpretTerms, RecordState } from './interpret-record.ts';

type RecordTools = Omit<Tools, 'store'> & { readonly store: RecordStore };

/**
 * What the record of a job decides, for a delivery that has written nothing and has nothing to write. Of an unfinished record
 * whose effect may have happened it makes an OUTCOME_UNKNOWN, as a write would.
 *
 * @returns `undefined` if the record leaves it open.
 * @throws ConfigurationError if the consumer must not decide by the record: see `RecordState`. StoreBusyError if the store is
 *   contended; whatever the store throws.
 */
export async function findVerdict(
  job: Job,
  guarantee: GuaranteeName,
  tools: RecordTools,
): Promise<Verdict | undefined> {
  const attempt = new DeliveryAttempt(job, guarantee, tools);
  const state = await stateFor(attempt, { takeOver: true, resendToken: job.resendToken });
  switch (state?.kind) {
    case 'misconfigured':
      throw state.error;
    case 'unclear': {
      const { record, reason } = state;
      const { held } = await attempt.markUnknown(record, reason);
      return held ? { outcome: 'unknown', reason } : undefined;
    }
    case 'verdict':
      // An expired record says as little as none.
      return state.verdict.outcome === 'out-of-window' ? undefined : state.verdict;
    case 'again':
    case 'mine':
    case undefined:
      return undefined;
  }
}

/**
 * Whether the record of a job says that its event was applied. It is asked once: if it does not answer, the next delivery asks.
 *
 * @returns `undefined` if the record does not say so, or does not answer.
 * @throws ConfigurationError if a later version wrote the record.
 */
export async function findDuplicate(
  job: Job,
  guarantee: GuaranteeName,
  tools: RecordTools,
): Promise<Verdict | undefined> {
  const attempt = new DeliveryAttempt(job, guarantee, tools);
  const state = await stateFor(attempt, { takeOver: false }).catch((error: unknown) => {
    if (error instanceof ConfigurationError) throw error;
    return undefined;
  });
  if (state?.kind !== 'verdict' || state.verdict.outcome !== 'duplicate') return undefined;
  return state.verdict;
}

/** What the record means for a delivery that writes nothing; `undefined` if there is no record. */
async function stateFor(attempt: DeliveryAttempt, terms: InterpretTerms): Promise<RecordState | undefined> {
  const mine = attempt.delivery();
  const found = await findRecord(mine, attempt.store);
  return found && attempt.interpret(found, mine, terms);
}
