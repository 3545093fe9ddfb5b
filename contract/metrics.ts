/** CloudWatch metrics of a consumer, in embedded metric format; the unit of each is Count. */
export const metricNamespace = 'OrderOnce';
export const metricDimension = 'Consumer';

/** What became of one delivery of one message. */
export const outcomes = [
  'applied',
  'duplicate',
  'ignored',
  'conflict',
  'poison',
  'out-of-window',
  'unknown',
  'leased',
  'fenced',
  'failed',
  'blocked',
] as const;
export type Outcome = (typeof outcomes)[number];

/** The metric of each outcome. */
export const outcomeMetrics: Record<Outcome, string> = {
  applied: 'Applied',
  duplicate: 'Duplicate',
  /** Of a type that the consumer ignores: acknowledged, without a record. */
  ignored: 'Ignored',
  conflict: 'Conflict',
  poison: 'Poison',
  /** Older than records live, and none found: moved to the dead-letter queue. */
  'out-of-window': 'OutOfWindow',
  /** It may have happened: acknowledged, and waits for an operator in its record. */
  unknown: 'OutcomeUnknown',
  /** Another delivery holds the lease: waits for its end. */
  leased: 'Leased',
  /** The lease was lost before the handler was done. */
  fenced: 'Fenced',
  failed: 'Failed',
  /** Poison that stays in its queue: its group waits for a deployment, or for an operator's skip. */
  blocked: 'Blocked',
};

/** Deliveries that applied their event, less what was stale of it; they count as `Applied` too. */
export const staleMetric = 'Stale';

/**
 * Deliveries that failed with the error that every event fails with, and were not counted as attempts of their events;
 * they count as `Failed` too.
 */
export const commonFailureMetric = 'CommonFailure';

/** Outcomes that leave the message in its queue. */
export const waitingOutcomes: ReadonlySet<Outcome> = new Set(['leased', 'fenced', 'failed', 'blocked']);
