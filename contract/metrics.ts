/** CloudWatch metrics of a consumer, in embedded metric format; the unit of each is Count. */
export const metricNamespace = 'OrderOnce';
export const metricDimension = 'Consumer';

/** What became of one delivery of one message. */
export const outcomes = ['applied', 'duplicate', 'conflict', 'poison', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

/** The metric of each outcome. */
export const outcomeMetrics: Record<Outcome, string> = {
  applied: 'Applied',
  duplicate: 'Duplicate',
  conflict: 'Conflict',
  poison: 'Poison',
  failed: 'Failed',
};
