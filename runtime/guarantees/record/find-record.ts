import { StoreBusyError } from '../../handler/errors.ts';
import type { Delivery, GuaranteeName, RecordStore, Refusal } from '../../ports/record-store.ts';
import { isKnownFormat, laterFormat } from '../../stores/record-format.ts';
import type { Job, RecordTools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from './delivery-attempt.ts';
import type { InterpretTerms } from './interpret-record.ts';
import { pause } from './retry.ts';

// Reads the record for a delivery that has nothing to write.

/**
 * Returns the verdict that the record of a job holds, for a delivery that has nothing to write. An unfinished record
 * whose effect may have happened becomes OUTCOME_UNKNOWN, as after a write.
 *
 * @param terms The terms of the guarantee's writes.
 * @returns `undefined` if the record does not decide.
 * @throws ConfigurationError if the consumer must not decide by the record: see `RecordState`. StoreBusyError if the
 *   store is contended, or the record kept changing until the deadline; the error of the store.
 */
export async function findVerdict(
  job: Job,
  guarantee: GuaranteeName,
  terms: InterpretTerms,
  tools: RecordTools,
): Promise<Verdict | undefined> {
  const attempt = new DeliveryAttempt(job, guarantee, tools);
  for (let changes = 0; ; changes += 1) {
    const mine = attempt.delivery();
    const found = await findRecord(mine, attempt.store);
    const state = found && attempt.interpret(found, mine, terms);
    switch (state?.kind) {
      case 'misconfigured':
        throw state.error;
      case 'unclear': {
        const { record, reason } = state;
        if ((await attempt.markUnknown(record, reason)).held) return { outcome: 'unknown', reason };
        // The owner of the record may just have completed it.
        await pause(changes, 'the record kept changing', attempt.budget);
        continue;
      }
      case 'verdict':
        // An expired record decides as little as an absent one.
        return state.verdict.outcome === 'out-of-window' ? undefined : state.verdict;
      case 'again':
      case 'mine':
      case undefined:
        return undefined;
    }
  }
}

/**
 * Whether the record shows a started event that was not applied: it waits for a retry, has an owner or an unknown
 * outcome, or its copy is in the dead-letter queue.
 *
 * @throws The errors of `findRecord`.
 */
export async function isUnfinished(job: Job, guarantee: GuaranteeName, tools: RecordTools): Promise<boolean> {
  const mine = new DeliveryAttempt(job, guarantee, tools).delivery();
  const { record, now = mine.now } = (await findRecord(mine, tools.store)) ?? {};
  if (record === undefined || record.status === 'COMPLETED') return false;
  return record.expiration === undefined || record.expiration > now / 1000;
}

/** An owner token that no delivery has. */
const nobody = '';

/**
 * Reads the record of an event without a permission to read. It tries to release the lease of an owner that does not
 * exist: every record refuses that, and the refusal contains the record.
 *
 * @returns `undefined` if there is no record.
 * @throws ConfigurationError if a later version wrote the record, whose meaning is not known here. StoreBusyError if
 *   the store is contended; the error of the store.
 */
async function findRecord(mine: Delivery, store: RecordStore): Promise<Refusal | undefined> {
  const answer = await store.release({ ...mine, ownerToken: nobody }, 'Looks at the record', { change: 0 });
  if (answer.kind === 'contended') throw new StoreBusyError(answer.cause);
  if (answer.kind !== 'fenced' || answer.record === undefined) return undefined;
  if (!isKnownFormat(answer.record)) throw laterFormat(mine.id, answer.record);
  return answer;
}
