/** An alarm, as its description and docs/runbook.md present it. */
export interface AlarmRow {
  /** `critical` alarms report that events are lost, or are about to be lost. Everything else can wait for the morning. */
  readonly severity: 'critical' | 'warning';
  /** The first sentence of the alarm's description. */
  readonly meaning: string;
}

/** The alarms of a consumer. Each has a section of its name in docs/runbook.md, and a test compares the two. */
export const consumerAlarms = {
  DeadLetters: { severity: 'warning', meaning: 'The dead-letter queue holds events that were given up.' },
  UndeliveredEvents: {
    severity: 'warning',
    meaning: "The subscription's dead-letter queue holds events that SNS could not deliver.",
  },
  OldestMessage: { severity: 'warning', meaning: 'An event has been waiting for longer than usual.' },
  NearRetention: {
    severity: 'critical',
    meaning: 'An event has waited for three quarters of the retention, after which SQS deletes it.',
  },
  NothingArrives: {
    severity: 'critical',
    meaning: 'Events are published, but none arrives in the queue: the subscription may be lost.',
  },
  LostEvents: {
    severity: 'critical',
    meaning: "SNS could deliver events neither to a queue nor to its subscription's dead-letter queue.",
  },
  CommonFailure: { severity: 'critical', meaning: 'Every event fails with one error.' },
  OutcomeUnknown: { severity: 'warning', meaning: 'Nobody knows whether the effect of an event happened.' },
  Conflict: { severity: 'warning', meaning: 'An id arrived again with other content.' },
  OutOfWindow: { severity: 'warning', meaning: 'An event arrived that is older than records are kept.' },
  Fenced: { severity: 'warning', meaning: 'A delivery lost its lease to another one.' },
  Blocked: { severity: 'warning', meaning: 'An event blocks its group.' },
  FunctionErrors: { severity: 'warning', meaning: 'The function fails or ends its process.' },
  FunctionThrottles: { severity: 'warning', meaning: 'Lambda throttles the function.' },
  FunctionDuration: {
    severity: 'warning',
    meaning: 'Invocations take nearly as long as the timeout allows.',
  },
  TableThrottles: { severity: 'warning', meaning: 'DynamoDB throttles writes to a table of the consumer.' },
} as const satisfies Readonly<Record<string, AlarmRow>>;

export type ConsumerAlarmName = keyof typeof consumerAlarms;
