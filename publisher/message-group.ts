import { brokerId } from '../contract/broker-id.ts';

/**
 * The message group of a partition key: the key itself where SNS takes it, else its SHA-256 (64 hex digits).
 * A key that is another one's hash shares its group: both keep their order, beside each other's.
 */
export function messageGroup(partitionKey: string): string {
  return brokerId(partitionKey);
}
