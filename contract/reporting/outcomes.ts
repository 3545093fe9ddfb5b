/** What the log, the metrics and the queue make of an outcome. */
export interface OutcomeRow {
  /** Of its log line. */
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  /** The CloudWatch metric that counts it. */
  readonly metric: string;
  /** Whether the message stays in its queue. */
  readonly waits: boolean;
  /** What it means, in one sentence. docs/outcomes.md has the same, and a test compares them. */
  readonly meaning: string;
}

/** What becomes of one delivery of one message. The one place that lists the outcomes. */
export const outcomes = {
  applied: {
    level: 'INFO',
    metric: 'Applied',
    waits: false,
    meaning: 'The effect happened, and the record says so.',
  },
  duplicate: {
    level: 'INFO',
    metric: 'Duplicate',
    waits: false,
    meaning: 'The event was applied before; appliedWith names the message.',
  },
  ignored: {
    level: 'INFO',
    metric: 'Ignored',
    waits: false,
    meaning: 'The consumer ignores events of this type; eventType names it.',
  },
  conflict: {
    level: 'WARN',
    metric: 'Conflict',
    waits: false,
    meaning: 'The same source and id arrived before with other content.',
  },
  poison: {
    level: 'WARN',
    metric: 'Poison',
    waits: false,
    meaning:
      'The event is invalid, the handler threw a PermanentError, the attempts are used up, or the queue was about to delete the message.',
  },
  'out-of-window': {
    level: 'WARN',
    metric: 'OutOfWindow',
    waits: false,
    meaning: 'The event is older than records are kept, and has no record.',
  },
  unknown: {
    level: 'WARN',
    metric: 'OutcomeUnknown',
    waits: false,
    meaning: 'The effect may have happened.',
  },
  leased: {
    level: 'INFO',
    metric: 'Leased',
    waits: true,
    meaning: 'Another delivery holds the lease until leaseUntil.',
  },
  fenced: {
    level: 'WARN',
    metric: 'Fenced',
    waits: true,
    meaning: 'The lease ended before the handler did, and another delivery took over.',
  },
  failed: {
    level: 'ERROR',
    metric: 'Failed',
    waits: true,
    meaning: 'An error that may pass; code and reason name it.',
  },
  blocked: {
    level: 'ERROR',
    metric: 'Blocked',
    waits: true,
    meaning: "Poison, with onPoison: 'block'; code and reason say why.",
  },
} as const satisfies Readonly<Record<string, OutcomeRow>>;

export type Outcome = keyof typeof outcomes;
