import type { EndedFunctions } from '../faults/kill-functions.ts';
import type { StoreRequests } from '../faults/proxy/store-proxy.ts';
import type { ConsumerCounts } from '../observe/counts.ts';
import type { Consumer } from '../target/consumers.ts';
import type { Comparison } from './compare.ts';
import type { Resent } from './external/charges.ts';
import type { UnknownOutcome } from './records.ts';

/** The results of a consumer. */
export interface ConsumerResult extends ConsumerCounts {
  /** Number of messages in its dead-letter queue. */
  readonly deadLetters: number;
}

/** Everything that a run measured and checked. */
export interface RunResult {
  readonly published: {
    readonly events: number;
    /** Number of events that were sent after newer events of their group. */
    readonly late: number;
    readonly sent: number;
    readonly removedByBroker: number;
  };
  readonly consumers: Readonly<Record<Consumer, ConsumerResult>>;
  readonly provider: { readonly requests: number; readonly charges: number; readonly resent: Resent };
  /** Number of mails that SES accepted. */
  readonly mails: number;
  /** Number of events whose mail is refused, because their account is not a valid mailbox name (docs/mails.md). */
  readonly mailsRefused: number;
  /**
   * Function processes that were ended on purpose, invocations whose process died before it answered, and invocations
   * that Lambda ended at their timeout. A process that was killed between two invocations is only in the first count.
   */
  readonly ended: EndedFunctions & { readonly diedAtWork: number; readonly timedOut: number };
  /** Counts of the functions' requests to the store. Absent without an outage, because then they are not counted. */
  readonly store?: StoreRequests;
  readonly verified: Comparison & {
    readonly expected: number;
    /** Number of messages that a consumer settled after a message of their group that entered the queue later. */
    readonly inversions: number;
    readonly doubleCharges: number;
    readonly doubleMails: number;
    /** Number of unknown outcomes. */
    readonly unknown: number;
    readonly unknowns: readonly UnknownOutcome[];
    /** Number of messages in the dead-letter queue of `fulfilment`. */
    readonly dlq: number;
  };
}
