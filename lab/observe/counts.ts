import type { DeliveryLog } from '../../contract/reporting/delivery-log.ts';
import { outcomes } from '../../contract/reporting/outcomes.ts';

/** Counts from a consumer's log, by SQS message unless stated otherwise. */
export interface ConsumerCounts {
  /** Messages that were settled: applied + duplicates + quarantined + unknown. */
  readonly delivered: number;
  readonly applied: number;
  /** Applied messages whose event came late, so that stale effects were left out. */
  readonly stale: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly poison: number;
  readonly unknown: number;
  /**
   * Messages that the consumer itself copied to its dead-letter queue: conflicts + poison + events out of the window.
   */
  readonly quarantined: number;
  /** Deliveries that did not settle their message, so that it was delivered again. */
  readonly failed: number;
  /**
   * Log lines of messages that had been received before: they had failed, or had waited behind another message of their
   * group. Never more than `failed`, which also counts deliveries without a log line.
   */
  readonly retried: number;
  /** Deliveries that ran alone, because their message had been received so often that it may crash its process. */
  readonly suspects: number;
}

/**
 * Counts messages, not log lines. If a message was settled and still delivered again, because its function died before
 * the acknowledgement, it counts once, with its first verdict. Its other deliveries count as failed.
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
    // A correct runtime never logs this. It is counted, so that the sums no longer match.
    if (outcome === 'applied' && verdicts.get(messageId) === 'applied') appliedAgain += 1;
    if (leftOut > 0) stale += 1;
    // A slow owner may complete an event whose outcome was recorded as unknown.
    const isSettled =
      verdicts.has(messageId) && !(outcome === 'applied' && verdicts.get(messageId) === 'unknown');
    if (outcomes[outcome].waits || isSettled) continue;
    // An earlier delivery of this message applied the event and died before its log line.
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
