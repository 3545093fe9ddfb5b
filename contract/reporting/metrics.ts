/** The CloudWatch namespace of all metrics of this library. */
export const metricNamespace = 'OrderOnce';

/** The dimensions of a consumer's metrics. */
export const metricDimensions = {
  /** The name of the stack, so that consumers of two stacks of one account never share a metric. */
  service: 'Service',
  /** The consumer's name. */
  consumer: 'Consumer',
} as const;

/** Documentation of a metric. docs/outcomes.md has the same sentences, and a test compares the two. */
export interface MetricRow {
  readonly unit: 'Count' | 'Seconds';
  readonly measures: string;
}

/**
 * The metrics that a consumer's function writes, in CloudWatch's embedded metric format. The runtime emits no other
 * metric, and alarms and dashboards use no other custom metric.
 */
export const metrics = {
  Applied: { unit: 'Count', measures: 'Deliveries that applied their event.' },
  Stale: {
    unit: 'Count',
    measures: 'Deliveries that applied their event without its stale effects. They also count as `Applied`.',
  },
  Duplicate: { unit: 'Count', measures: 'Deliveries of an event that was applied before.' },
  Ignored: { unit: 'Count', measures: 'Deliveries of an event whose type the consumer ignores.' },
  Conflict: { unit: 'Count', measures: 'Deliveries of an id that arrived before with other content.' },
  Poison: { unit: 'Count', measures: 'Deliveries of an event that the consumer gave up.' },
  OutOfWindow: { unit: 'Count', measures: 'Deliveries of an event that is older than records are kept.' },
  OutcomeUnknown: {
    unit: 'Count',
    measures: 'Deliveries after which nobody knows whether the effect happened.',
  },
  Leased: { unit: 'Count', measures: 'Deliveries that waited for the lease of another delivery.' },
  Fenced: { unit: 'Count', measures: 'Deliveries that lost their lease to another delivery.' },
  Failed: { unit: 'Count', measures: 'Deliveries that failed with a temporary error.' },
  CommonFailure: {
    unit: 'Count',
    measures: 'Deliveries that failed with the error of every event. They also count as `Failed`.',
  },
  Blocked: { unit: 'Count', measures: 'Deliveries of an event that blocks its group.' },
  WaitingAge: {
    unit: 'Seconds',
    measures: 'For each delivery whose message stays: how long the message has been in its queue.',
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof metrics;

/** The metrics that count deliveries. */
export type CountMetric = {
  [Name in MetricName]: (typeof metrics)[Name]['unit'] extends 'Count' ? Name : never;
}[MetricName];
