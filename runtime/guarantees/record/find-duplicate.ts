import type { GuaranteeName, RecordStore } from '../../ports/record-store.ts';
import type { Job, Tools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from './delivery-attempt.ts';

/** What no attempt was ever counted as. */
const nothing = 'No attempt is counted as this';

/**
 * Whether the record of a job says that its event was applied. No function may read a record, so it takes back a count that
 * was never made: no record takes that, and the refusal shows it. It is asked once, since nothing depends on the answer.
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
  const answer = await tools.store
    .release(mine, nothing, { change: 0, countedAs: nothing })
    .catch(() => undefined);
  if (answer?.kind !== 'fenced') return undefined;
  const finding = attempt.interpret(answer, mine, { takeOver: false });
  if (finding.kind !== 'verdict' || finding.verdict.outcome !== 'duplicate') return undefined;
  return finding.verdict;
}
