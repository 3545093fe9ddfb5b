/** How urgent a finding is: `done` needs nothing, `waits` heals by itself, `act` needs a person. */
export type Urgency = 'done' | 'waits' | 'act';

/** What can become of an event at a consumer. */
export const findings = {
  applied: 'done',
  'applied-in-part': 'done',
  ignored: 'done',
  settled: 'done',
  running: 'waits',
  'waits-for-retry': 'waits',
  'waits-for-dependency': 'waits',
  'waits-in-group': 'waits',
  'waits-in-queue': 'waits',
  suspect: 'waits',
  abandoned: 'act',
  blocked: 'act',
  'dead-letter': 'act',
  'dead-letter-lost': 'act',
  unknown: 'act',
  refused: 'act',
  'mapping-off': 'act',
  'subscription-lost': 'act',
  undelivered: 'act',
  expired: 'act',
  'not-published': 'act',
  'may-be-unpublished': 'act',
  'same-as-another': 'act',
  'not-seen': 'act',
} as const satisfies Readonly<Record<string, Urgency>>;

export type FindingKind = keyof typeof findings;

/** What became of one event at one consumer, in plain words. */
export interface Finding {
  readonly consumer: string;
  readonly kind: FindingKind;
  /** The event: its id, or what was asked for. */
  readonly event: string;
  /** What is the case, as one sentence or two. */
  readonly says: string;
  /** Milliseconds since the epoch: since when. */
  readonly since?: number | undefined;
  /** Milliseconds since the epoch: when it goes on by itself. */
  readonly until?: number | undefined;
  /** The command that comes next, without `npx order-once`. Absent if there is nothing to do. */
  readonly next?: string | undefined;
  /** What else could be the cause, if the facts do not tell. */
  readonly causes?: readonly string[] | undefined;
  /** The idempotency key of the record. */
  readonly record?: string | undefined;
}

export function urgencyOf({ kind }: Pick<Finding, 'kind'>): Urgency {
  return findings[kind];
}
