import type { DeliveryLog } from '../../contract/reporting/delivery-log.ts';
import { outcomes } from '../../contract/reporting/outcomes.ts';

/** What a consumer says of itself, counted by SQS message unless it says deliveries. */
export interface ConsumerCounts {
  /** Messages that were settled: applied + duplicates + quarantined + unknown. */
  readonly delivered: number;
  readonly applied: number;
  /** Those of the applied that came late, and were applied less what was stale. */
  readonly stale: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly poison: number;
  readonly unknown: number;
  /** Those that the consumer itself put into its dead-letter queue: conflicts + poison + what was out of the window. */
  readonly quarantined: number;
  /** Deliveries that settled nothing, so that the message came again. */
  readonly failed: number;
  /**
   * Deliveries in which a message was worked on that SQS had given before: it had failed, or had waited behind another of
   * its group. At most as many as failed, where those count that were given and not worked on.
   */
  readonly retried: number;
  /** Deliveries that ran alone, since their message had been given so often that it may kill its process. */
  readonly suspects: number;
}

/**
 * Counts messages, not log lines: a message that was settled and yet came again (its function died before it could
 * acknowledge) counts once, by its first verdict, and its other deliveries as failed.
 */
export function count(deliveries: readonly DeliveryLog[]): ConsumerCounts {
  const verdicts = new Map<string, DeliveryLog['outcome']>();
  let appliedAgain = 0;
  const receives = new Map<string, number>();
  let stale = 0;
  let retried = 0;
  let suspects = 0;
  for (const { messageId, outcome, appliedWith, receiveCount, suspect, stale: leftOut = 0 } of deliveries) {
    if (receiveCount > 1) retried += 1;
    if (suspect) suspects += 1;
    receives.set(messageId, Math.max(receives.get(messageId) ?? 0, receiveCount));
    // No sound runtime ever says this: it is counted, and the counts then don't add up.
    if (outcome === 'applied' && verdicts.get(messageId) === 'applied') appliedAgain += 1;
    if (leftOut > 0) stale += 1;
    // A slow owner may complete what was held as unknown for it.
    const isSettled =
      verdicts.has(messageId) && !(outcome === 'applied' && verdicts.get(messageId) === 'unknown');
    if (outcomes[outcome].waits || isSettled) continue;
    // Applied by this very message, in a delivery that died before it could say so.
    verdicts.set(messageId, appliedWith === messageId ? 'applied' : outcome);
  }
  const settled = (wanted: DeliveryLog['outcome']) =>
    [...verdicts.values()].filter((outcome) => outcome === wanted).length;
  let failed = 0;
  for (const [messageId, count] of receives) failed += verdicts.has(messageId) ? count - 1 : count;
  return {
    delivered: verdicts.size,
    applied: settled('applied') + appliedAgain,
    stale,
    duplicates: settled('duplicate'),
    conflicts: settled('conflict'),
    poison: settled('poison'),
    unknown: settled('unknown'),
    quarantined: settled('conflict') + settled('poison') + settled('out-of-window'),
    failed,
    retried,
    suspects,
  };
}
