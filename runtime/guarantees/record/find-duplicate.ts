import type { GuaranteeName, RecordStore } from '../../ports/record-store.ts';
import type { Job, Tools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from './delivery-attempt.ts';
import { findRecord } from './find-record.ts';

/**
 * Whether the record of a job says that its event was applied. It is asked once, since nothing depends on the answer.
 *
 * @returns `undefined` if the record does not say so, or does not answer.
 */
export async function findDuplicate(
  job: Job,
  guarantee: GuaranteeName,
  tools: Omit<Tools, 'store'> & { readonly store: RecordStore },
): Promise<Verdict | undefined> {
  const attempt = new DeliveryAttempt(job, guarantee, tools);
  const mine = attempt.delivery();
  const found = await findRecord(mine, tools.store).catch(() => undefined);
  if (found === undefined) return undefined;
  const state = attempt.interpret(found, mine, { takeOver: false });
  if (state.kind !== 'verdict' || state.verdict.outcome !== 'duplicate') return undefined;
  return state.verdict;
}
