import { ConfigurationError } from '../../contract/errors.ts';
import type { Job } from '../guarantees/guarantee.ts';
import { isOwnFailure, PermanentError } from '../handler/errors.ts';
import type { DeliveryContext } from '../message/delivery-context.ts';
import type { DeliveryVerdict } from '../settlement/settle.ts';

/**
 * Returns the verdict on a job whose guarantee threw. A permanent error refuses the event, unless its record already
 * holds a verdict, which takes precedence. Any other error decides nothing.
 */
export async function verdictOnError(
  error: unknown,
  job: Job,
  { guarantee, dependencies, warn, commonFailure }: DeliveryContext,
): Promise<DeliveryVerdict> {
  if (isOwnFailure(error)) commonFailure.failed(job.identity.id, error);
  if (!(error instanceof PermanentError)) return { outcome: 'undecided', error };
  const refused = { outcome: 'refused', error } as const;
  const leavesRecord = dependencies.onPoison === 'block';
  return await guarantee.refuse(job, error, dependencies, { leavesRecord }).catch((cause: unknown) => {
    if (!leavesRecord || cause instanceof ConfigurationError) return { outcome: 'undecided', error: cause };
    warn('The refusal of an event has no record, so no skip of its message can stand', cause);
    return refused;
  });
}
