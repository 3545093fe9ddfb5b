import type { TopicError } from '../errors.ts';
import type { Entry } from './entry.ts';

/** The result of an entry: the topic accepted it, or the error says why not. */
export type EntryResult = 'accepted' | TopicError;

/** The port to a FIFO topic. SNS and the simulated topic implement it. */
export interface Topic {
  /** Identifies the topic. A journal belongs to one topic. */
  readonly arn: string;

  /**
   * Bytes of an entry with its attributes that the topic accepts, and of a request (AWS: "PublishBatch", Amazon SNS API
   * Reference). @default 262,144
   */
  readonly maxEventSize?: number | undefined;

  /**
   * Sends entries of different message groups in one request.
   *
   * @returns A result per entry, in their order.
   * @throws TopicError if the whole request failed. None, some or all entries may have been accepted.
   */
  publishBatch(entries: readonly Entry[]): Promise<readonly EntryResult[]>;
}
