import type { EndedFunctions } from '../faults/kill-functions.ts';
import type { StoreRequests } from '../faults/proxy/store-proxy.ts';
import type { ConsumerCounts } from '../observe/counts.ts';
import type { Consumer } from '../target/consumers.ts';
import type { Comparison } from './compare.ts';
import type { Resent } from './external/charges.ts';
import type { UnknownOutcome } from './records.ts';

/** What became of a consumer's messages. */
export interface ConsumerResult extends ConsumerCounts {
  /** Messages in its dead-letter queue. */
  readonly deadLetters: number;
}

/** Everything that a run measured and checked. */
export interface RunResult {
  readonly published: {
    readonly events: number;
    /** Those of them that were sent after newer ones of their group. */
    readonly late: number;
    readonly sent: number;
    readonly removedByBroker: number;
  };
  readonly consumers: Readonly<Record<Consumer, ConsumerResult>>;
  readonly provider: { readonly requests: number; readonly charges: number; readonly resent: Resent };
  /** Mails that SES took. */
  readonly mails: number;
  /** Events whose account makes no mailbox, so that their mail is refused (docs/mails.md). */
  readonly mailsRefused: number;
  /**
   * Processes of functions that were ended on purpose, invocations whose process died before it answered, and those that
   * Lambda ended at their timeout. A process that was killed between two invocations is in the first count alone.
   */
  readonly ended: EndedFunctions & { readonly diedAtWork: number; readonly timedOut: number };
  /** The functions' requests to the store; absent where no outage was asked for, since nobody counts them then. */
  readonly store?: StoreRequests;
  readonly verified: Comparison & {
    readonly expected: number;
    /** Messages that a consumer settled after one of their group which the queue had taken later. */
    readonly inversions: number;
    readonly doubleCharges: number;
    readonly doubleMails: number;
    /** Outcomes that nobody knows. */
    readonly unknown: number;
    readonly unknowns: readonly UnknownOutcome[];
    /** Messages in the dead-letter queue of fulfilment. */
    readonly dlq: number;
  };
}
