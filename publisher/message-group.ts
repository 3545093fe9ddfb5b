import { brokerId } from '../contract/broker-id.ts';

/**
 * The message group of a partition key: the key itself if SNS accepts it, otherwise its SHA-256 (64 hex digits).
 * If a key equals the hash of another key, both share one group. Both keep their order.
 */
export function messageGroup(partitionKey: string): string {
  return brokerId(partitionKey);
}
