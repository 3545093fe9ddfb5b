import type { TopicError } from '../errors.ts';
import type { Entry } from './entry.ts';

/** What became of an entry: the topic accepted it, or why not. */
export type EntryResult = 'accepted' | TopicError;

/** The port to a FIFO topic: what publishing needs of SNS, and a simulated topic has to offer. */
export interface Topic {
  /** Tells topics apart; a journal belongs to one. */
  readonly arn: string;

  /**
   * Sends entries of different message groups in one request.
   *
   * @returns A result per entry, in their order.
   * @throws TopicError where the request as a whole failed: none, some or all of it may have been accepted.
   */
  publishBatch(entries: readonly Entry[]): Promise<readonly EntryResult[]>;
}
