/**
 * CloudWatch metrics of a consumer, in embedded metric format; the unit of each is Count. Each outcome has one: see
 * `outcomes`. Those below count some deliveries a second time.
 */
export const metricNamespace = 'OrderOnce';
export const metricDimension = 'Consumer';

/** Deliveries that applied their event, less what was stale of it; they count as `Applied` too. */
export const staleMetric = 'Stale';

/**
 * Deliveries that failed with the error that every event fails with, and were not counted as attempts of their events;
 * they count as `Failed` too.
 */
export const commonFailureMetric = 'CommonFailure';
