import type { CountMetric } from './metrics.ts';

/** How log, metrics and queue treat deliveries with an outcome. */
export interface OutcomeRow {
  /** Level of the delivery's log line. */
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  /** The CloudWatch metric that counts these deliveries. */
  readonly metric: CountMetric;
  /** Whether the message stays in its queue. */
  readonly waits: boolean;
  /** The meaning in one sentence. docs/outcomes.md has the same sentence, and a test compares the two. */
  readonly meaning: string;
}

/** The possible outcomes of a delivery. This is the only list of them; all other tables and types derive from it. */
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
    meaning: 'A temporary error; code and reason name it.',
  },
  blocked: {
    level: 'ERROR',
    metric: 'Blocked',
    waits: true,
    meaning: "Poison, with onPoison: 'block'; code and reason say why.",
  },
} as const satisfies Readonly<Record<string, OutcomeRow>>;

export type Outcome = keyof typeof outcomes;
