import type { GivenUp, GuaranteeName } from '../../ports/record-store.ts';
import type { Job, RecordTools } from '../guarantee.ts';
import { DeliveryAttempt } from './delivery-attempt.ts';

/**
 * Writes QUARANTINED into an event's record, for the message whose copy is in the dead-letter queue. A record that
 * refuses this write does not need it: it is quarantined already, or the event was applied or is being handled.
 * `Quarantine`, `QuarantineRefused` in spec/OrderOnce.tla.
 *
 * @returns Whether the record lists the copy for operators.
 * @throws StoreBusyError if the store stayed contended until the deadline; the error of the store.
 */
export async function recordQuarantine(
  task: Job,
  guarantee: GuaranteeName,
  reason: GivenUp,
  tools: RecordTools,
): Promise<boolean> {
  type Taken = { readonly kind: 'quarantined' | 'own' };
  const { taken, verdict } = await new DeliveryAttempt(task, guarantee, tools).writeUntilDecided<Taken>({
    write: (mine, expectedExpiration) => tools.store.quarantine(mine, reason, expectedExpiration),
    // This delivery has applied the event, or still holds its lease: there is nothing to wait for.
    written: ({ status }) =>
      status === 'RETRYING' ? undefined : { kind: status === 'QUARANTINED' ? 'quarantined' : 'own' },
    terms: { takeOver: false },
    onAmbiguous: 'ignore',
  });
  return taken?.kind === 'quarantined' || verdict?.outcome === 'quarantined';
}
