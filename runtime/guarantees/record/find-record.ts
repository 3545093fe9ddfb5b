import { ConfigurationError } from '../../../contract/errors.ts';
import { StoreBusyError } from '../../handler/errors.ts';
import type { Delivery, GuaranteeName, RecordStore, Refusal } from '../../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../../stores/record-format.ts';
import type { Job, RecordTools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from './delivery-attempt.ts';
import type { InterpretTerms, RecordState } from './interpret-record.ts';

// What a record says to a delivery that has nothing to write.

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

/**
 * Whether the record of an event says that somebody began it, and that it was not applied: it waits for another try, has an
 * owner or an outcome that nobody knows, or its copy is in the dead-letter queue.
 *
 * @throws What `findRecord` throws.
 */
export async function isUnfinished(job: Job, guarantee: GuaranteeName, tools: RecordTools): Promise<boolean> {
  const mine = new DeliveryAttempt(job, guarantee, tools).delivery();
  const { record, now = mine.now } = (await findRecord(mine, tools.store)) ?? {};
  if (record === undefined || record.status === 'COMPLETED') return false;
  return record.expiration === undefined || record.expiration > now / 1000;
}

/** What the record means for a delivery that writes nothing; `undefined` if there is no record. */
async function stateFor(attempt: DeliveryAttempt, terms: InterpretTerms): Promise<RecordState | undefined> {
  const mine = attempt.delivery();
  const found = await findRecord(mine, attempt.store);
  return found && attempt.interpret(found, mine, terms);
}

/** The token of no delivery. */
const nobody = '';

/**
 * The record of an event, without a permission to read: it releases the lease of an owner that does not exist. No record
 * accepts that, and the refusal shows the record.
 *
 * @returns `undefined` if there is no record.
 * @throws ConfigurationError if a later version wrote the record: what it says is not known here. StoreBusyError if the store
 *   is contended; whatever the store throws.
 */
async function findRecord(mine: Delivery, store: RecordStore): Promise<Refusal | undefined> {
  const answer = await store.release({ ...mine, ownerToken: nobody }, 'Looks at the record', { change: 0 });
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  if (answer.kind !== 'fenced' || answer.record === undefined) return undefined;
  if (!isKnownFormat(answer.record)) throw laterFormat(mine.id, answer.record);
  return answer;
}
