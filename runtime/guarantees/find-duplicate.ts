import type { GuaranteeName, RecordStore } from '../stores/record-store.ts';
import type { Job, Tools, Verdict } from './guarantee.ts';
import { Lease } from './lease.ts';

/**
 * Whether the record of a job says that its event was applied. No function may read a record, so it gives back a lease that
 * nobody holds: nothing is written, and the refusal shows the record.
 *
 * @returns `undefined` if it does not say so, or does not answer.
 */
export async function findDuplicate(
  job: Job,
  guarantee: GuaranteeName,
  tools: Omit<Tools, 'store'> & { readonly store: RecordStore },
): Promise<Verdict | undefined> {
  const lease = new Lease(job, guarantee, tools);
  const standing = await lease.release('', { change: 0 }).catch(() => undefined);
  if (standing === undefined || standing.stands) return undefined;
  const finding = lease.judge(standing, lease.delivery(), { takeOver: false });
  if (finding.kind !== 'verdict' || finding.verdict.outcome !== 'duplicate') return undefined;
  return finding.verdict;
}
