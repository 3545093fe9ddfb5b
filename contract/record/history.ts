/**
 * The item of the record table that says since when a consumer's records are complete: one item per consumer. The runtime
 * writes it once, and it never expires. Tools compare the age of events with it.
 */
export const historyAttributes = {
  consumer: 'consumer',
  /**
   * Milliseconds since the epoch: when the consumer began, beside its first delivery. Only a consumer that is older than this
   * item has older records.
   */
  beganAt: 'began_at',
  /**
   * Milliseconds since the epoch: something else applied the events before it. Absent: the consumer has no past, so an event
   * without a record was never applied.
   */
  from: 'from',
  /** Milliseconds since the epoch: when an adoption or a rebuild of the consumer began. */
  since: 'since',
} as const;

/** What the table says about a consumer's past. */
export interface ConsumerHistory {
  readonly consumer: string;
  readonly beganAt: number;
  readonly from?: number | undefined;
  readonly since?: number | undefined;
}

const mark = '#%history';

/** The key of a consumer's history: `consumer#%history`. No event's key has this form: see `idempotencyKey`. */
export function historyKey(consumer: string): string {
  return `${consumer}${mark}`;
}

/** Whether the item of this key is the history of a consumer. */
export function isHistoryKey(key: string): boolean {
  // A consumer's name has no #.
  return key.indexOf('#') === key.length - mark.length && key.endsWith(mark);
}
