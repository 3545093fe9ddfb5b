import type { Job, Verdict } from '../guarantees/guarantee.ts';
import { isOwnFailure } from '../guarantees/record/count-attempt.ts';
import { PermanentError } from '../handler/errors.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';

/**
 * The verdict on a job. A permanent error becomes one too, and its event may have one already that goes before it.
 * @param decide Lets the guarantee of `means` settle the job.
 */
export async function verdictOn<Decided>(
  job: Job,
  { guarantee, dependencies, warn, commonFailure }: DeliveryContext,
  decide: () => Promise<Decided>,
): Promise<Decided | Verdict> {
  try {
    return await decide();
  } catch (error) {
    if (isOwnFailure(error)) commonFailure.failed(job.identity.id, error);
    if (!(error instanceof PermanentError)) throw error;
    const refused = { outcome: 'refused', error } as const;
    if (dependencies.onPoison === 'quarantine') return refused;
    return await guarantee.recordRefusal(job, error, dependencies).catch((cause: unknown) => {
      warn('The refusal of an event has no record, so no skip of its message can stand', cause);
      return refused;
    });
  }
}
