import { isBodyKey } from '../event/identity.ts';
import { isLetterKey } from './attention.ts';
import { isHistoryKey } from './history.ts';

/**
 * Whether the item of this key is the record of an event. The record table also has records that count the parser's
 * attempts of a body, entries of messages without a record of their own, and the history of each consumer.
 */
export function isEventKey(key: string): boolean {
  return !(isBodyKey(key) || isLetterKey(key) || isHistoryKey(key));
}
