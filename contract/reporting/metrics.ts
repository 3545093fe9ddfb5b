/**
 * CloudWatch metrics of a consumer, in embedded metric format, with the unit Count. Each outcome has a metric: see
 * `outcomes`. The metrics below count some deliveries a second time.
 */
export const metricNamespace = 'OrderOnce';
export const metricDimension = 'Consumer';

/** Deliveries that applied their event without its stale effects. They also count as `Applied`. */
export const staleMetric = 'Stale';

/**
 * Deliveries that failed with the error with which every event fails, so their attempts were not counted. They also
 * count as `Failed`.
 */
export const commonFailureMetric = 'CommonFailure';
