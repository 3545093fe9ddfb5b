import type { SQSMessageAttributes } from 'aws-lambda';

/** A message to send to a queue. */
export interface Letter {
  readonly body: string;
  readonly group: string;
  readonly deduplicationId: string;
  readonly attributes: SQSMessageAttributes;
}

/** The deduplication interval in ms (SQS Developer Guide, "Exactly-once processing"). */
export const deduplicationInterval = 300_000;

/** Remembers deduplication ids for as long as a FIFO topic or queue does. */
export class DeduplicationWindow {
  readonly #seen = new Map<string, number>();

  /** Whether the id was seen within the interval. A refused id does not restart the interval. */
  swallows(id: string, now: number): boolean {
    const before = this.#seen.get(id);
    if (before !== undefined && now - before < deduplicationInterval) return true;
    this.#seen.set(id, now);
    return false;
  }
}
